// CUDA graphs: the kernels of a function recorded once and started as one. Where libtorch or the headers of CUDA are not
// there, the functions say so and the caller has its plain operators.
#include "guard.h"

#ifdef NOWCAST_CUDA_GRAPHS
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAStream.h>
#include <memory>

namespace {

// Recording is forbidden on the default stream.
struct recorded {
    at::cuda::CUDAGraph graph;
    c10::cuda::CUDAStream own = c10::cuda::getStreamFromPool(), before = c10::cuda::getCurrentCUDAStream();
};

}  // namespace

CT_EXPORT int32_t ct_graphs_available() { return 1; }

// Makes the stream of the recording the current one: to warm up on, then to record on.
CT_EXPORT int32_t ct_graph_new(void** made) {
    return guard([&] {
        auto graph = std::make_unique<recorded>();
        graph->before.synchronize();
        c10::cuda::setCurrentCUDAStream(graph->own);
        *made = graph.release();
    });
}

CT_EXPORT int32_t ct_graph_begin(void* graph) {
    return guard([&] {
        static_cast<recorded*>(graph)->own.synchronize();
        static_cast<recorded*>(graph)->graph.capture_begin();
    });
}

CT_EXPORT int32_t ct_graph_end(void* graph) {
    return guard([&] { static_cast<recorded*>(graph)->graph.capture_end(); });
}

// Back to the stream from before, whatever the recording came to.
CT_EXPORT int32_t ct_graph_leave(void* graph) {
    return guard([&] {
        auto* const made = static_cast<recorded*>(graph);
        c10::cuda::setCurrentCUDAStream(made->before);
        made->own.synchronize();
    });
}

CT_EXPORT int32_t ct_graph_replay(void* graph) {
    return guard([&] { static_cast<recorded*>(graph)->graph.replay(); });
}

CT_EXPORT int32_t ct_graph_free(void* graph) {
    return guard([&] { delete static_cast<recorded*>(graph); });
}

#else

namespace {

int32_t missing() {
    return guard([] { TORCH_CHECK(false, "this build has no CUDA graphs: build it with a CUDA libtorch and the headers of CUDA"); });
}

}  // namespace

CT_EXPORT int32_t ct_graphs_available() { return 0; }
CT_EXPORT int32_t ct_graph_new(void**) { return missing(); }
CT_EXPORT int32_t ct_graph_begin(void*) { return missing(); }
CT_EXPORT int32_t ct_graph_end(void*) { return missing(); }
CT_EXPORT int32_t ct_graph_leave(void*) { return missing(); }
CT_EXPORT int32_t ct_graph_replay(void*) { return missing(); }
CT_EXPORT int32_t ct_graph_free(void*) { return missing(); }

#endif
