#include "convolution.h"
#include <ATen/Functions.h>
#include <array>
#include "precision.h"

namespace {

std::tuple<at::Tensor, at::Tensor, at::Tensor> backward(
    const at::Tensor& grad, const at::Tensor& x, const at::Tensor& weight, std::array<bool, 3> wanted) {
    const int64_t pad = weight.size(2) / 2, biases = weight.size(0);
    return at::convolution_backward(grad, x, weight, at::IntArrayRef(&biases, 1), {1, 1}, {pad, pad}, {1, 1}, false, {0, 0}, 1, wanted);
}

}  // namespace

at::Tensor channels_last(const at::Tensor& t) {
    at::Tensor made = t.contiguous(at::MemoryFormat::ChannelsLast);
    // With one channel or one pixel several strides mean the same; libtorch guesses the format from them.
    const int64_t c = made.size(1), h = made.size(2), w = made.size(3);
    const std::array<int64_t, 4> strides{c * h * w, 1, c * w, c};
    return made.strides() == at::IntArrayRef(strides) ? made : made.as_strided(made.sizes(), strides);
}

at::Tensor empty_images(const at::Tensor& like, int64_t images, int64_t channels) {
    return at::empty({images, channels, like.size(2), like.size(3)}, like.options(), at::MemoryFormat::ChannelsLast);
}

at::Tensor convolve(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, bool low) {
    const int64_t pad = weight.size(2) / 2;
    const at::Tensor made = at::conv2d(lowered(x, low), lowered(weight, low), lowered(bias, low), {1, 1}, {pad, pad});
    return channels_last(made.to(x.scalar_type()));
}

at::Tensor convolve_back(const at::Tensor& grad, const at::Tensor& x, const at::Tensor& weight, bool low) {
    const auto made = backward(lowered(grad, low), lowered(x, low), lowered(weight, low), {true, false, false});
    return channels_last(std::get<0>(made).to(grad.scalar_type()));
}

at::Tensor convolve_weight_gradient(const at::Tensor& grad, const at::Tensor& x, const at::Tensor& weight, bool low) {
    const auto made = backward(lowered(grad, low), lowered(x, low), lowered(weight, low), {false, true, false});
    return std::get<1>(made).to(grad.scalar_type());
}
