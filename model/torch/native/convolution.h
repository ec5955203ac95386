// Convolutions of libtorch with stride 1 that keep the size, channels last, forward and backward.
#pragma once
#include <ATen/core/Tensor.h>

// The same values in channels-last memory, with the strides that say so even where they are ambiguous.
at::Tensor channels_last(const at::Tensor& t);

// Undefined values, channels last, of the type and place of `like`, as many pixels high and wide.
at::Tensor empty_images(const at::Tensor& like, int64_t images, int64_t channels);

// Bias may be undefined. `low`: in bfloat16, the result in the type of x, or of grad, all the same.
at::Tensor convolve(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, bool low);

at::Tensor convolve_back(const at::Tensor& grad, const at::Tensor& x, const at::Tensor& weight, bool low);

at::Tensor convolve_weight_gradient(const at::Tensor& grad, const at::Tensor& x, const at::Tensor& weight, bool low);
