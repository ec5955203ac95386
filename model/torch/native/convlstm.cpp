#include "convlstm.h"
#include <ATen/Functions.h>
#include "steps.h"

namespace {

constexpr int64_t kGateBytes = int64_t{64} << 20;  // Input gates that inference computes ahead.

at::Tensor convolve(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
    const int64_t pad = weight.size(2) / 2;
    return channels_last(at::conv2d(x, weight, bias, {1, 1}, {pad, pad}));
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> convolve_backward(
    const at::Tensor& gates_grad, const at::Tensor& x, const at::Tensor& weight, std::array<bool, 3> wanted) {
    const int64_t pad = weight.size(2) / 2;
    const int64_t biases = weight.size(0);
    return at::convolution_backward(
        gates_grad, x, weight, at::IntArrayRef(&biases, 1), {1, 1}, {pad, pad}, {1, 1}, false, {0, 0}, 1, wanted);
}

// A piece of a channels-last buffer of several steps.
struct sequence {
    at::Tensor buffer;
    int64_t batch;
    at::Tensor at(int64_t step, int64_t count = 1) const { return buffer.narrow(0, step * batch, count * batch); }
};

at::Tensor buffer_like(const at::Tensor& like, int64_t images, int64_t channels) {
    return at::empty({images, channels, like.size(2), like.size(3)}, like.options(), at::MemoryFormat::ChannelsLast);
}

}  // namespace

at::Tensor channels_last(const at::Tensor& t) {
    at::Tensor made = t.contiguous(at::MemoryFormat::ChannelsLast);
    // With one channel or one pixel several strides mean the same; libtorch guesses the format from them.
    const int64_t c = made.size(1), h = made.size(2), w = made.size(3);
    const std::array<int64_t, 4> strides{c * h * w, 1, c * w, c};
    return made.strides() == at::IntArrayRef(strides) ? made : made.as_strided(made.sizes(), strides);
}

convlstm_outputs convlstm_forward(const convlstm_inputs& in, bool keep) {
    const at::Tensor& like = in.input.defined() ? in.input : in.hidden;
    const int64_t steps = in.steps, channels = in.state_weight.size(1);
    const int64_t batch = in.hidden.defined() ? in.hidden.size(0) : like.size(0) / steps;
    const bool started = in.hidden.defined();
    convlstm_outputs out;
    at::Tensor whole = buffer_like(like, (steps + started) * batch, channels);
    if (started) whole.narrow(0, 0, batch).copy_(in.hidden);
    out.start = whole;
    out.hidden = whole.narrow(0, started * batch, steps * batch);
    out.cells = buffer_like(like, (keep ? steps : 1) * batch, channels);
    const bool remember = keep && !in.recompute;
    if (remember && !in.input.defined()) out.activated = buffer_like(like, steps * batch, 4 * channels);

    const sequence hidden{whole, batch}, cells{out.cells, batch};
    const int64_t step_bytes = batch * 4 * channels * like.size(2) * like.size(3) * like.element_size();
    const int64_t ahead = remember ? steps : std::max<int64_t>(1, std::min(steps, kGateBytes / step_bytes));
    sequence gates{{}, batch};
    at::Tensor before = in.cell;
    for (int64_t t = 0; t < steps; t++) {
        if (in.input.defined() && t % ahead == 0) {
            const int64_t count = std::min(ahead, steps - t);
            gates.buffer = convolve(sequence{in.input, batch}.at(t, count), in.input_weight, in.bias);
            if (remember) out.activated = gates.buffer;
        }
        const at::Tensor from_input = in.input.defined() ? gates.at(t % ahead) : at::Tensor();
        at::Tensor from_state;
        if (started || t > 0) {
            from_state = convolve(hidden.at(t - 1 + started), in.state_weight, in.input.defined() ? at::Tensor() : in.bias);
        }
        step_forward({from_input.defined() ? from_input : from_state, from_input.defined() ? from_state : at::Tensor(), before,
                      remember ? sequence{out.activated, batch}.at(t) : at::Tensor(), cells.at(keep ? t : 0), hidden.at(t + started)});
        before = cells.at(keep ? t : 0);
    }
    return out;
}

convlstm_gradients convlstm_backward(
    const convlstm_inputs& in, const convlstm_outputs& out, const at::Tensor& hidden_grad, const at::Tensor& last_hidden_grad,
    const at::Tensor& last_cell_grad, bool need_input, bool need_hidden) {
    const int64_t steps = in.steps, channels = in.state_weight.size(1);
    const bool started = in.hidden.defined();
    const int64_t batch = out.start.size(0) / (steps + started);
    const sequence cells{out.cells, batch}, hidden{out.start, batch}, activated{out.activated, batch};
    const sequence above{hidden_grad.defined() ? channels_last(hidden_grad) : hidden_grad, batch};
    const sequence gates{buffer_like(out.cells, steps * batch, 4 * channels), batch};
    convlstm_gradients grad;
    at::Tensor hidden_next = last_hidden_grad.defined() ? channels_last(last_hidden_grad) : last_hidden_grad;
    at::Tensor cell_next = last_cell_grad.defined() ? channels_last(last_cell_grad) : last_cell_grad;
    at::Tensor cell_grad = buffer_like(out.cells, batch, channels);
    for (int64_t t = steps - 1; t >= 0; t--) {
        const at::Tensor before = t > 0 ? cells.at(t - 1) : in.cell;
        at::Tensor kept = in.recompute ? gates.at(t) : activated.at(t);
        if (in.recompute) {
            const at::Tensor from_input = in.input.defined() ? convolve(sequence{in.input, batch}.at(t), in.input_weight, in.bias) : at::Tensor();
            const at::Tensor from_state = started || t > 0
                ? convolve(hidden.at(t - 1 + started), in.state_weight, in.input.defined() ? at::Tensor() : in.bias) : at::Tensor();
            step_forward({from_input.defined() ? from_input : from_state, from_input.defined() ? from_state : at::Tensor(), before,
                          kept, at::empty_like(cell_grad), at::empty_like(cell_grad)});
        }
        step_backward({kept, before, cells.at(t), above.buffer.defined() ? above.at(t) : at::Tensor(), hidden_next, cell_next, gates.at(t), cell_grad});
        cell_next = cell_grad;
        if (t > 0 || (started && need_hidden)) {
            hidden_next = channels_last(std::get<0>(convolve_backward(gates.at(t), hidden.at(t - 1 + started), in.state_weight, {true, false, false})));
        }
    }
    if (started) grad.cell = cell_grad;
    if (started && need_hidden) grad.hidden = hidden_next;
    const bool input = in.input.defined();
    if (input) {
        std::tie(grad.input, grad.input_weight, grad.bias) =
            convolve_backward(gates.buffer, in.input, in.input_weight, {need_input, true, in.bias.defined()});
    }
    // The first step without a state has no convolution of it.
    const int64_t skipped = started ? 0 : 1;
    if (steps > skipped) {
        auto [unused, weight_grad, bias_grad] = convolve_backward(
            gates.at(skipped, steps - skipped), hidden.at(0, steps - skipped), in.state_weight, {false, true, !input && in.bias.defined()});
        grad.state_weight = weight_grad;
        if (!input) grad.bias = bias_grad;
    }
    return grad;
}
