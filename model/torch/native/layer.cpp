#include "layer.h"
#include "convolution.h"
#include "precision.h"

layer::layer(const convlstm_inputs& in, const convlstm_outputs& out, bool keep)
    : started_(in.hidden.defined()), keep_(keep), batch_(out.start.size(0) / (in.steps + started_)), start_cell_(in.cell),
      input_{in.input, batch_}, hidden_{out.start, batch_}, cells_{out.cells, batch_}, activated_{out.activated, batch_} {}

gates_of_step::gates_of_step(const convlstm_inputs& in)
    : input_weight_(lowered(in.input_weight, in.low)), state_weight_(lowered(in.state_weight, in.low)), bias_(lowered(in.bias, in.low)),
      winograd_(!in.low && winograd_takes(in.state_weight)), low_(in.low) {
    if (!winograd_) return;
    const at::Tensor input = in.input.defined() ? in.input_weight : at::Tensor();
    if (!in.hidden.defined()) first_ = winograd_pack({input});
    if (in.hidden.defined() || in.steps > 1) later_ = winograd_pack({input, in.state_weight});
}

void gates_of_step::run(const at::Tensor& input, const at::Tensor& hidden, const at::Tensor& ahead, step_forward_tensors step) const {
    if (winograd_) {
        std::vector<at::Tensor> parts;
        for (const at::Tensor& part : {input, hidden})
            if (part.defined()) parts.push_back(part);
        float* const target = step.activated.defined() ? static_cast<float*>(step.activated.data_ptr()) : nullptr;
        winograd_convolve(parts, hidden.defined() ? later_ : first_, bias_, target, [&](int64_t first, int64_t count, float* gates) {
            step_forward_pixels(step, gates, first, count);
        });
        return;
    }
    step.first = ahead.defined() || !input.defined() ? ahead : convolve(input, input_weight_, bias_, low_);
    if (hidden.defined()) {
        const at::Tensor from_state = convolve(hidden, state_weight_, input.defined() ? at::Tensor() : bias_, low_);
        (step.first.defined() ? step.second : step.first) = from_state;
    }
    step_forward(step);
}
