// What is no operator: the life of a tensor, what it says of itself, gradients.
#include <ATen/Functions.h>
#include <torch/csrc/autograd/autograd.h>
#include <algorithm>
#include "guard.h"
#include "handles.h"

std::string& ct_last_error() {
    thread_local std::string message;
    return message;
}

CT_EXPORT const char* ct_error() { return ct_last_error().c_str(); }

CT_EXPORT void ct_release(void* handle) {
    c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(static_cast<c10::TensorImpl*>(handle));
}

CT_EXPORT int32_t ct_info(void* handle, ct_tensor_info* info) {
    return guard([&] {
        const at::Tensor t = borrow(handle);
        *info = {t.dim(), t.numel(), static_cast<int64_t>(t.element_size()),
                 static_cast<int32_t>(t.scalar_type()), static_cast<int32_t>(t.device().type()), t.device().index(),
                 t.requires_grad(), t.is_leaf(), t.is_contiguous()};
    });
}

CT_EXPORT int32_t ct_shape(void* handle, int64_t* sizes, int64_t* strides) {
    return guard([&] {
        const at::Tensor t = borrow(handle);
        std::copy(t.sizes().begin(), t.sizes().end(), sizes);
        std::copy(t.strides().begin(), t.strides().end(), strides);
    });
}

CT_EXPORT int32_t ct_data(void* handle, void** data) {
    return guard([&] {
        const at::Tensor t = borrow(handle);
        TORCH_CHECK(t.device().is_cpu(), "the data of a tensor on ", t.device(), " cannot be read in place: call cpu() first");
        *data = t.data_ptr();
    });
}

CT_EXPORT int32_t ct_set_requires_grad(void* handle, int32_t value) {
    return guard([&] { borrow(handle).requires_grad_(value != 0); });
}

CT_EXPORT int32_t ct_grad(void* handle, void** grad) {
    return guard([&] { *grad = give(borrow(handle).grad()); });
}

CT_EXPORT int32_t ct_set_grad(void* handle, void* grad) {
    return guard([&] { borrow(handle).mutable_grad() = borrow(grad); });
}

CT_EXPORT int32_t ct_set_data(void* handle, void* data) {
    return guard([&] { borrow(handle).set_data(borrow(data)); });
}

CT_EXPORT int32_t ct_backward(void** tensors, void** gradients, int32_t count, int32_t retain_graph, int32_t create_graph) {
    return guard([&] {
        torch::autograd::variable_list roots, seeds;
        for (int32_t i = 0; i < count; i++) {
            roots.push_back(borrow(tensors[i]));
            seeds.push_back(borrow(gradients == nullptr ? nullptr : gradients[i]));
        }
        torch::autograd::backward(roots, seeds, retain_graph != 0, create_graph != 0);
    });
}
