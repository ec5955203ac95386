// nowcast::conv_transpose2d: the transposed convolution of the CPU through the gradients of an ordinary one. libtorch's
// own goes through columns in memory and one matrix product an image; the gradients go through oneDNN.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>
#include <array>
#include "convolution.h"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using ints = std::vector<int64_t>;

struct shape {
    ints stride, padding, dilation;
    int64_t groups;
};

// (input, weight) gradients of the convolution `x` -> `grad` with this weight.
std::tuple<at::Tensor, at::Tensor, at::Tensor> gradients(
    const at::Tensor& grad, const at::Tensor& x, const at::Tensor& weight, const shape& s, std::array<bool, 3> wanted) {
    const int64_t biases = weight.size(0);
    return at::convolution_backward(
        grad, x, weight, at::IntArrayRef(&biases, 1), s.stride, s.padding, s.dilation, false, {0, 0}, s.groups, wanted);
}

at::Tensor forward(const at::Tensor& input, const at::Tensor& weight, const shape& s, const ints& output_padding) {
    ints size{input.size(0), weight.size(1) * s.groups};
    for (int64_t i = 0; i < 2; i++)
        size.push_back((input.size(i + 2) - 1) * s.stride[i] - 2 * s.padding[i] + s.dilation[i] * (weight.size(i + 2) - 1) + output_padding[i] + 1);
    // Only the size and the order in memory of this are read.
    const at::Tensor output = at::empty(size, input.options(), at::MemoryFormat::ChannelsLast);
    return channels_last(std::get<0>(gradients(channels_last(input), output, weight, s, {true, false, false})));
}

struct ConvTranspose : torch::autograd::Function<ConvTranspose> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& weight, const shape& s, const ints& output_padding) {
        const at::AutoDispatchBelowADInplaceOrView below;
        context->save_for_backward({input, weight});
        context->saved_data["stride"] = s.stride;
        context->saved_data["padding"] = s.padding;
        context->saved_data["dilation"] = s.dilation;
        context->saved_data["groups"] = s.groups;
        context->saved_data["input"] = input.requires_grad();
        return ::forward(input, weight, s, output_padding);
    }

    static variable_list backward(AutogradContext* context, const variable_list& grads) {
        const variable_list saved = context->get_saved_variables();
        const shape s{context->saved_data["stride"].toIntVector(), context->saved_data["padding"].toIntVector(),
                      context->saved_data["dilation"].toIntVector(), context->saved_data["groups"].toInt()};
        const at::Tensor grad = channels_last(grads[0]);
        const at::Tensor weight = std::get<1>(gradients(channels_last(saved[0]), grad, saved[1], s, {false, true, false}));
        const at::Tensor input = context->saved_data["input"].toBool()
            ? at::conv2d(grad, saved[1], {}, s.stride, s.padding, s.dilation, s.groups) : at::Tensor();
        return {input, weight, {}, {}};
    }
};

at::Tensor conv_transpose2d(
    const at::Tensor& input, const at::Tensor& weight, const decltype(std::declval<c10::IValue>().toOptional<at::Tensor>())& bias,
    at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef output_padding, int64_t groups, at::IntArrayRef dilation) {
    TORCH_CHECK(input.dim() == 4 && weight.dim() == 4, "a transposed convolution takes (N, C, H, W), not ", input.dim(), " dimensions");
    TORCH_CHECK(input.size(1) == weight.size(0), "the input has ", input.size(1), " channels, the weight takes ", weight.size(0));
    const shape s{stride.vec(), padding.vec(), dilation.vec(), groups};
    const bool gradient = c10::GradMode::is_enabled() && (input.requires_grad() || weight.requires_grad());
    const at::Tensor made = gradient ? ConvTranspose::apply(input, weight, s, output_padding.vec()) : forward(input, weight, s, output_padding.vec());
    return bias.has_value() ? made + bias->view({1, -1, 1, 1}) : made;
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(nowcast, m) {
    m.def(
        "conv_transpose2d(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] output_padding, int groups, int[] dilation) -> Tensor",
        &conv_transpose2d);
}
