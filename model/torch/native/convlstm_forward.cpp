#include <ATen/Functions.h>
#include <algorithm>
#include "convolution.h"
#include "layer.h"

namespace {

constexpr int64_t kGateBytes = int64_t{64} << 20;  // What a forecast computes of the input's part of the gates at once.

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
            ahead.buffer = convolve(sequence{in.input, batch}.at(t, std::min(many, steps - t)), in.input_weight, in.bias, in.low);
            if (remember) out.activated = ahead.buffer;
        }
        const layer now(in, out, keep);
        gates.run(now.input(t), now.hidden_before(t), ahead.at(t % many), {{}, {}, now.cell_before(t), now.activated(t), now.cell(t), now.hidden(t), in.relu});
    }
    return out;
}
