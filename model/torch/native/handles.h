// Raw TensorImpl pointers and at::Tensor, with and without taking a reference.
#pragma once
#include <ATen/core/Tensor.h>

inline at::Tensor borrow(void* handle) {
    if (handle == nullptr) return {};
    return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(
        static_cast<c10::TensorImpl*>(handle)));
}

inline void* give(at::Tensor tensor) {
    return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}
