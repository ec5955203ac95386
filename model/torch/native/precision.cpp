// Autocast to bfloat16, whose functions changed with libtorch 2.4, and TF32.
#include "precision.h"
#include <ATen/Context.h>
#include <ATen/autocast_mode.h>
#include <torch/version.h>
#include "guard.h"

#define TORCH_FROM(major, minor) (TORCH_VERSION_MAJOR > (major) || (TORCH_VERSION_MAJOR == (major) && TORCH_VERSION_MINOR >= (minor)))

namespace {

bool enabled(c10::DeviceType type) {
#if TORCH_FROM(2, 4)
    return at::autocast::is_autocast_enabled(type);
#else
    return type == c10::DeviceType::CUDA ? at::autocast::is_enabled() : at::autocast::is_cpu_enabled();
#endif
}

void enable(c10::DeviceType type, bool on) {
#if TORCH_FROM(2, 4)
    at::autocast::set_autocast_dtype(type, at::kBFloat16);
    at::autocast::set_autocast_enabled(type, on);
#else
    if (type == c10::DeviceType::CUDA) {
        at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
        at::autocast::set_enabled(on);
    } else {
        at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
        at::autocast::set_cpu_enabled(on);
    }
#endif
    // Weights that were cast are kept while it is on; the next step of an optimiser changes them.
    if (!on) at::autocast::clear_cache();
}

}  // namespace

bool autocast_to_bfloat16(const at::Tensor& like) {
    return (like.is_cuda() || like.device().is_cpu()) && like.scalar_type() == at::kFloat && enabled(like.device().type());
}

at::Tensor lowered(const at::Tensor& t, bool low) { return low && t.defined() ? t.to(at::kBFloat16) : t; }

// Returns whether it was on before.
CT_EXPORT int32_t ct_set_autocast(int32_t device_type, int32_t on, int32_t* before) {
    return guard([&] {
        const auto type = static_cast<c10::DeviceType>(device_type);
        TORCH_CHECK(type == c10::DeviceType::CPU || type == c10::DeviceType::CUDA, "autocast is for the CPU and CUDA, not for ", type);
        *before = enabled(type);
        enable(type, on != 0);
    });
}

CT_EXPORT int32_t ct_set_allow_tf32(int32_t convolutions, int32_t products) {
    return guard([&] {
        if (convolutions >= 0) at::globalContext().setAllowTF32CuDNN(convolutions != 0);
        if (products >= 0) at::globalContext().setAllowTF32CuBLAS(products != 0);
    });
}

CT_EXPORT int32_t ct_allow_tf32(int32_t* convolutions, int32_t* products) {
    return guard([&] {
        *convolutions = at::globalContext().allowTF32CuDNN();
        *products = at::globalContext().allowTF32CuBLAS();
    });
}

// Whether convolutions in bfloat16 are done by the tensor cores of the current GPU.
CT_EXPORT int32_t ct_cuda_bfloat16(int32_t* supported) {
    return guard([&] {
        const auto& hooks = at::detail::getCUDAHooks();
        *supported = hooks.hasCUDA() && hooks.supportsBFloat16ConvolutionWithCuDNNv8();
    });
}
