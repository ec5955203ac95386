#include <ATen/Functions.h>
#include <cstring>
#include <memory>
#include "convolution.h"
#include "layer.h"

namespace {

// Backward through the steps. The gradients of the gates of all steps end up in one buffer, those of the weights follow
// from it in one piece.
class backward_steps {
 public:
    backward_steps(const convlstm_inputs& in, const convlstm_outputs& out, const at::Tensor& hidden_grad, bool need_input, bool need_hidden)
        : in_(in), need_hidden_(need_hidden), layer_(in, out, true), remake_(in.recompute ? std::make_unique<gates_of_step>(in) : nullptr),
          gates_{empty_images(out.cells, in.steps * layer_.batch(), 4 * in.state_weight.size(1)), layer_.batch()},
          above_{hidden_grad.defined() ? channels_last(hidden_grad) : hidden_grad, layer_.batch()},
          input_grad_{need_input ? empty_images(in.input, in.input.size(0), in.input.size(1)) : at::Tensor(), layer_.batch()},
          cell_grad_(empty_images(out.cells, layer_.batch(), in.state_weight.size(1))) {}

    // From the last step to the first.
    void run(const at::Tensor& last_hidden_grad, const at::Tensor& last_cell_grad) {
        step_backward_tensors last = step(in_.steps - 1, last_cell_grad.defined() ? channels_last(last_cell_grad) : last_cell_grad);
        last.hidden_next = last_hidden_grad.defined() ? channels_last(last_hidden_grad) : last_hidden_grad;
        step_backward(last);
        if (!in_.low && winograd_takes(in_.state_weight)) run_by_pixels();
        else run_by_steps();
    }

    at::Tensor gates(int64_t from) const { return gates_.at(from, in_.steps - from); }
    at::Tensor input_grad() const { return input_grad_.buffer; }
    at::Tensor hidden_grad() const { return hidden_grad_; }
    at::Tensor cell_grad() const { return in_.cell.defined() ? cell_grad_ : at::Tensor(); }

 private:
    // One convolution leads the gradients of the gates back to input and state; the step before takes it on at once.
    void run_by_pixels() {
        const bool input = input_grad_.buffer.defined();
        const int64_t inputs = input ? in_.input.size(1) : 0, channels = in_.state_weight.size(1);
        const winograd_weights back = winograd_pack_back({input ? in_.input_weight : at::Tensor(), in_.state_weight});
        for (int64_t t = in_.steps - 1; t > 0; t--) {
            const step_backward_tensors before = step(t - 1, cell_grad_);
            winograd_convolve({gates_.at(t)}, back, {}, nullptr, [&](int64_t first, int64_t count, float* grads) {
                if (input) take(input_grad_.at(t), grads, back.outputs, first, count);
                step_backward_pixels(before, grads + inputs, back.outputs, first, count);
            });
        }
        if (!input && !need_hidden_) return;
        if (need_hidden_) hidden_grad_ = empty_images(cell_grad_, layer_.batch(), channels);
        winograd_convolve({gates_.at(0)}, back, {}, nullptr, [&](int64_t first, int64_t count, float* grads) {
            if (input) take(input_grad_.at(0), grads, back.outputs, first, count);
            if (need_hidden_) take(hidden_grad_, grads + inputs, back.outputs, first, count);
        });
    }

    void run_by_steps() {
        for (int64_t t = in_.steps - 1; t > 0; t--) {
            step_backward_tensors before = step(t - 1, cell_grad_);
            before.hidden_next = convolve_back(gates_.at(t), layer_.hidden(t - 1), in_.state_weight, in_.low);
            step_backward(before);
        }
        if (need_hidden_) hidden_grad_ = convolve_back(gates_.at(0), in_.hidden, in_.state_weight, in_.low);
        if (input_grad_.buffer.defined()) input_grad_.buffer = convolve_back(gates_.buffer, in_.input, in_.input_weight, in_.low);
    }

    // Some channels of some pixels.
    static void take(const at::Tensor& target, const float* from, int64_t stride, int64_t first, int64_t count) {
        const int64_t channels = target.size(1);
        float* to = static_cast<float*>(target.data_ptr()) + first * channels;
        for (int64_t p = 0; p < count; p++, to += channels, from += stride) std::memcpy(to, from, channels * sizeof(float));
    }

    step_backward_tensors step(int64_t t, const at::Tensor& cell_next) const {
        const at::Tensor place = gates_.at(t);
        // Gates that were not kept are made again where their gradient will stand.
        if (remake_) {
            remake_->run(layer_.input(t), layer_.hidden_before(t), {},
                         {{}, {}, layer_.cell_before(t), place, at::empty_like(cell_grad_), at::empty_like(cell_grad_), in_.relu});
        }
        return {remake_ ? place : layer_.activated(t), layer_.cell_before(t), layer_.cell(t), above_.at(t), {}, cell_next, place, cell_grad_, in_.relu};
    }

    const convlstm_inputs& in_;
    bool need_hidden_;
    layer layer_;
    std::unique_ptr<gates_of_step> remake_;
    sequence gates_, above_, input_grad_;
    at::Tensor cell_grad_, hidden_grad_;
};

// The weights' gradients from those of the gates, `skipped` steps without a state before it.
void weight_gradients(const convlstm_inputs& in, const backward_steps& steps, const at::Tensor& hidden, int64_t skipped, convlstm_gradients& grad) {
    const at::Tensor gates = steps.gates(0);
    const int64_t batch = gates.size(0) / in.steps, images = batch * (in.steps - skipped), inputs = in.input.defined() ? in.input.size(1) : 0;
    const at::Tensor before = hidden.narrow(0, 0, images);
    if (in.low || !winograd_takes(in.state_weight)) {
        if (in.input.defined()) grad.input_weight = convolve_weight_gradient(gates, in.input, in.input_weight, in.low);
        if (images > 0) grad.state_weight = convolve_weight_gradient(steps.gates(skipped), before, in.state_weight, in.low);
        return;
    }
    if (images > 0) {
        std::vector<at::Tensor> parts;
        if (inputs > 0) parts.push_back(in.input.narrow(0, skipped * batch, images));
        parts.push_back(before);
        const at::Tensor both = winograd_weight_gradient(parts, steps.gates(skipped));
        grad.state_weight = both.narrow(1, inputs, both.size(1) - inputs);
        if (inputs > 0) grad.input_weight = both.narrow(1, 0, inputs);
    }
    if (skipped > 0) {
        const at::Tensor first = winograd_weight_gradient({in.input.narrow(0, 0, batch)}, gates.narrow(0, 0, batch));
        grad.input_weight = images > 0 ? grad.input_weight.add_(first) : first;
    }
}

}  // namespace

convlstm_gradients convlstm_backward(
    const convlstm_inputs& in, const convlstm_outputs& out, const at::Tensor& hidden_grad, const at::Tensor& last_hidden_grad,
    const at::Tensor& last_cell_grad, bool need_input, bool need_hidden) {
    backward_steps steps(in, out, hidden_grad, need_input, need_hidden);
    steps.run(last_hidden_grad, last_cell_grad);
    convlstm_gradients grad;
    grad.input = steps.input_grad();
    grad.hidden = steps.hidden_grad();
    grad.cell = steps.cell_grad();
    // The first step without a state has no convolution of it.
    weight_gradients(in, steps, out.start, in.hidden.defined() ? 0 : 1, grad);
    if (in.bias.defined()) grad.bias = steps.gates(0).sum({0, 2, 3});
    return grad;
}
