// The C interface between ConvLstm.Nowcast.Torch and libtorch. A tensor travels as the raw pointer of its
// TensorImpl; whoever receives one owns one reference and gives it back with ct_release.
#pragma once
#include <cstdint>

#define CT_EXPORT extern "C" __attribute__((visibility("default")))

enum ct_status : int32_t { CT_OK = 0, CT_ERROR = 1, CT_OUT_OF_MEMORY = 2 };

enum ct_tag : int32_t {
    CT_NONE = 0, CT_TENSOR = 1, CT_INT = 2, CT_DOUBLE = 3, CT_BOOL = 4,
    CT_INTS = 5, CT_DOUBLES = 6, CT_TENSORS = 7, CT_STRING = 8
};

// An argument or a result: a number in place, or a pointer with the number of elements behind it.
struct ct_value {
    int32_t tag;
    int32_t count;
    union { int64_t i; double d; void* p; };
};

struct ct_tensor_info {
    int64_t ndim, numel, element_size;
    int32_t dtype, device_type, device_index, requires_grad, is_leaf, is_contiguous;
};
