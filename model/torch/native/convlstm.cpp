#include "convlstm.h"
#include <ATen/Functions.h>
#include <algorithm>
#include <memory>
#include "convolution.h"
#include "layer.h"

namespace {

constexpr int64_t kGateBytes = int64_t{64} << 20;  // What a forecast computes of the input's part of the gates at once.

// Backward through the steps; the gradients of the gates of all steps end up in one buffer.
class backward_steps {
 public:
    backward_steps(const convlstm_inputs& in, const convlstm_outputs& out, const at::Tensor& hidden_grad)
        : in_(in), layer_(in, out, true), remake_(in.recompute ? std::make_unique<gates_of_step>(in) : nullptr),
          gates_{empty_images(out.cells, in.steps * layer_.batch(), 4 * in.state_weight.size(1)), layer_.batch()},
          above_{hidden_grad.defined() ? channels_last(hidden_grad) : hidden_grad, layer_.batch()},
          cell_grad_(empty_images(out.cells, layer_.batch(), in.state_weight.size(1))) {}

    // From the last step to the first. The gradient of the hidden state before the first step, where it is wanted.
    at::Tensor run(const at::Tensor& last_hidden_grad, const at::Tensor& last_cell_grad, bool need_hidden) {
        step_backward_tensors last = step(in_.steps - 1, last_cell_grad.defined() ? channels_last(last_cell_grad) : last_cell_grad);
        last.hidden_next = last_hidden_grad.defined() ? channels_last(last_hidden_grad) : last_hidden_grad;
        step_backward(last);
        const bool winograd = winograd_takes(in_.state_weight);
        const winograd_weights back = winograd && in_.steps > 1 ? winograd_pack_back(in_.state_weight) : winograd_weights{};
        for (int64_t t = in_.steps - 2; t >= 0; t--) {
            step_backward_tensors now = step(t, cell_grad_);
            if (winograd) {
                winograd_convolve({gates_.at(t + 1)}, back, {}, nullptr, [&](int64_t first, int64_t count, float* hidden_next) {
                    step_backward_pixels(now, hidden_next, first, count);
                });
                continue;
            }
            now.hidden_next = convolve_back(gates_.at(t + 1), layer_.hidden(t), in_.state_weight);
            step_backward(now);
        }
        return need_hidden ? convolve_back(gates_.at(0), in_.hidden, in_.state_weight) : at::Tensor();
    }

    at::Tensor gates(int64_t from) const { return gates_.at(from, in_.steps - from); }

    at::Tensor start_cell_grad() const { return cell_grad_; }

 private:
    step_backward_tensors step(int64_t t, const at::Tensor& cell_next) const {
        const at::Tensor place = gates_.at(t);
        // Gates that were not kept are made again where their gradient will stand.
        if (remake_) {
            remake_->run(layer_.input(t), layer_.hidden_before(t), {},
                               {{}, {}, layer_.cell_before(t), place, at::empty_like(cell_grad_), at::empty_like(cell_grad_)});
        }
        return {remake_ ? place : layer_.activated(t), layer_.cell_before(t), layer_.cell(t), above_.at(t), {}, cell_next, place, cell_grad_};
    }

    const convlstm_inputs& in_;
    layer layer_;
    std::unique_ptr<gates_of_step> remake_;
    sequence gates_, above_;
    at::Tensor cell_grad_;
};

}  // namespace

convlstm_outputs convlstm_forward(const convlstm_inputs& in, bool keep) {
    const at::Tensor& like = in.input.defined() ? in.input : in.hidden;
    const int64_t steps = in.steps, channels = in.state_weight.size(1);
    const bool started = in.hidden.defined(), remember = keep && !in.recompute;
    const int64_t batch = started ? in.hidden.size(0) : like.size(0) / steps;
    const gates_of_step gates(in);
    const bool apart = !gates.pixel_by_pixel() && in.input.defined();
    convlstm_outputs out;
    out.start = empty_images(like, (steps + started) * batch, channels);
    if (started) out.start.narrow(0, 0, batch).copy_(in.hidden);
    out.hidden = out.start.narrow(0, started * batch, steps * batch);
    out.cells = empty_images(like, (keep ? steps : 1) * batch, channels);
    if (remember && !apart) out.activated = empty_images(like, steps * batch, 4 * channels);

    // The part of the input does not depend on the state: that of many steps is one convolution.
    const int64_t step_bytes = batch * 4 * channels * like.size(2) * like.size(3) * like.element_size();
    const int64_t many = remember ? steps : std::max<int64_t>(1, std::min(steps, kGateBytes / step_bytes));
    sequence ahead{{}, batch};
    for (int64_t t = 0; t < steps; t++) {
        if (apart && t % many == 0) {
            ahead.buffer = convolve(sequence{in.input, batch}.at(t, std::min(many, steps - t)), in.input_weight, in.bias);
            if (remember) out.activated = ahead.buffer;
        }
        const layer now(in, out, keep);
        gates.run(now.input(t), now.hidden_before(t), ahead.at(t % many), {{}, {}, now.cell_before(t), now.activated(t), now.cell(t), now.hidden(t)});
    }
    return out;
}

convlstm_gradients convlstm_backward(
    const convlstm_inputs& in, const convlstm_outputs& out, const at::Tensor& hidden_grad, const at::Tensor& last_hidden_grad,
    const at::Tensor& last_cell_grad, bool need_input, bool need_hidden) {
    backward_steps steps(in, out, hidden_grad);
    convlstm_gradients grad;
    grad.hidden = steps.run(last_hidden_grad, last_cell_grad, need_hidden);
    if (in.cell.defined()) grad.cell = steps.start_cell_grad();
    const at::Tensor all = steps.gates(0);
    if (in.input.defined()) {
        if (need_input) grad.input = convolve_back(all, in.input, in.input_weight);
        grad.input_weight = convolve_weight_gradient(all, in.input, in.input_weight);
    }
    // The first step without a state has no convolution of it.
    const int64_t skipped = in.hidden.defined() ? 0 : 1;
    if (in.steps > skipped) {
        const int64_t images = all.size(0) / in.steps * (in.steps - skipped);
        grad.state_weight = convolve_weight_gradient(steps.gates(skipped), out.start.narrow(0, 0, images), in.state_weight);
    }
    if (in.bias.defined()) grad.bias = all.sum({0, 2, 3});
    return grad;
}
