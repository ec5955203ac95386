// 3x3 convolutions with stride 1 and padding 1 over channels-last images on the CPU, in float, a quarter of the products.
#pragma once
#include <ATen/core/Tensor.h>
#include <functional>
#include <vector>

// Whether the functions below take a convolution with this weight, (out, in, 3, 3).
bool winograd_takes(const at::Tensor& weight);

// Weights as the products need them: [panel of 32 outputs][36 positions][input][32].
struct winograd_weights {
    at::Tensor packed;
    int64_t inputs, outputs;
};

// Of the convolution over the channels of all parts together; an undefined part is left out.
winograd_weights winograd_pack(const std::vector<at::Tensor>& parts);

// Of the convolution that leads the gradients of the outputs back to the inputs of all parts.
winograd_weights winograd_pack_back(const std::vector<at::Tensor>& parts);

// Called with the results of a row of pixels while they are in the cache: first pixel, how many, values[pixel][outputs].
using winograd_then = std::function<void(int64_t first, int64_t count, float* values)>;

// The convolution of the parts' channels together. The values go to `target`, or, where that is null, to a place that
// is reused, and are handed to `then`, where that is given, from several threads.
void winograd_convolve(const std::vector<at::Tensor>& parts, const winograd_weights& weights, const at::Tensor& bias, float* target, const winograd_then& then);

// The gradient of the weights, (out, in, 3, 3), over the channels of all parts together.
at::Tensor winograd_weight_gradient(const std::vector<at::Tensor>& parts, const at::Tensor& output_grad);
