// The state of the library: threads, seeds, gradient mode, devices, version.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/version.h>
#include "guard.h"

CT_EXPORT const char* ct_version() { return TORCH_VERSION; }

CT_EXPORT int32_t ct_get_num_threads() { return at::get_num_threads(); }

CT_EXPORT int32_t ct_set_num_threads(int32_t count) {
    return guard([&] { at::set_num_threads(count); });
}

CT_EXPORT int32_t ct_manual_seed(uint64_t seed) {
    return guard([&] { at::manual_seed(seed); });
}

CT_EXPORT int32_t ct_grad_enabled() { return c10::GradMode::is_enabled(); }

CT_EXPORT void ct_set_grad_enabled(int32_t enabled) { c10::GradMode::set_enabled(enabled != 0); }

CT_EXPORT int32_t ct_cuda_available(int32_t* available) {
    return guard([&] { *available = at::globalContext().hasCUDA() && at::detail::getCUDAHooks().hasCUDA(); });
}

CT_EXPORT int32_t ct_cuda_synchronize(int32_t index) {
    return guard([&] {
        const c10::impl::VirtualGuardImpl cuda(c10::DeviceType::CUDA);
        at::detail::getCUDAHooks().deviceSynchronize(index < 0 ? cuda.getDevice().index() : static_cast<c10::DeviceIndex>(index));
    });
}
