// nowcast::convlstm in the dispatcher, with its gradient.
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/GradMode.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>
#include "convlstm.h"
#include "convolution.h"
#include "precision.h"

namespace {

using torch::autograd::variable_list;

// c10::optional in libtorch 1.x, std::optional in later ones.
using maybe_tensor = decltype(std::declval<c10::IValue>().toOptional<at::Tensor>());

at::Tensor given(const maybe_tensor& t) { return t.has_value() ? *t : at::Tensor(); }

maybe_tensor maybe(const at::Tensor& t) { return t.defined() ? maybe_tensor(t) : maybe_tensor(); }

// Autograd refuses undefined tensors as inputs of a function, so what is absent is an empty optional.
struct ConvLstm : torch::autograd::Function<ConvLstm> {
    static variable_list forward(
        torch::autograd::AutogradContext* context, const maybe_tensor& input, const maybe_tensor& hidden, const maybe_tensor& cell,
        const maybe_tensor& input_weight, const at::Tensor& state_weight, const maybe_tensor& bias, int64_t steps, bool recompute, bool relu, bool low) {
        const at::AutoDispatchBelowADInplaceOrView below;
        const convlstm_inputs in{given(input), given(hidden), given(cell), given(input_weight), state_weight, given(bias), steps, recompute, relu, low};
        const convlstm_outputs out = convlstm_forward(in, true);
        context->save_for_backward({in.input, in.hidden, in.cell, in.input_weight, in.state_weight, in.bias, out.hidden, out.cells, out.start, out.activated});
        context->saved_data["steps"] = steps;
        context->saved_data["input"] = in.input.defined() && in.input.requires_grad();
        context->saved_data["hidden"] = in.hidden.defined() && in.hidden.requires_grad();
        context->saved_data["recompute"] = recompute;
        context->saved_data["relu"] = relu;
        context->saved_data["low"] = low;
        context->set_materialize_grads(false);
        const int64_t batch = out.cells.size(0) / steps;
        return {out.hidden.alias(), out.hidden.narrow(0, (steps - 1) * batch, batch), out.cells.narrow(0, (steps - 1) * batch, batch)};
    }

    static variable_list backward(torch::autograd::AutogradContext* context, const variable_list& grads) {
        TORCH_CHECK(!c10::GradMode::is_enabled(), "nowcast::convlstm has no second derivative: use the plain operators for it");
        const variable_list saved = context->get_saved_variables();
        const convlstm_inputs in{saved[0], saved[1], saved[2], saved[3], saved[4], saved[5],
                                 context->saved_data["steps"].toInt(), context->saved_data["recompute"].toBool(), context->saved_data["relu"].toBool(), context->saved_data["low"].toBool()};
        const at::AutoDispatchBelowADInplaceOrView below;
        const convlstm_gradients g = convlstm_backward(
            in, {saved[6], saved[7], saved[8], saved[9]}, grads[0], grads[1], grads[2], context->saved_data["input"].toBool(), context->saved_data["hidden"].toBool());
        return {g.input, g.hidden, g.cell, g.input_weight, g.state_weight, g.bias, {}, {}, {}, {}};
    }
};

// Channels last, and of the type of the weights: under autocast the layer below gives bfloat16.
at::Tensor in_order(const maybe_tensor& t, const at::Tensor& weight) {
    return t.has_value() && t->defined() ? channels_last(t->to(weight.scalar_type())) : at::Tensor();
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> convlstm(
    const maybe_tensor& input, const maybe_tensor& hidden, const maybe_tensor& cell, const maybe_tensor& input_weight,
    const at::Tensor& state_weight, const maybe_tensor& bias, int64_t steps, bool recompute, bool relu) {
    const bool low = autocast_to_bfloat16(state_weight);
    // What is cast is decided here: the states must stay as exact as the weights are.
    const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
    const convlstm_inputs in{in_order(input, state_weight), in_order(hidden, state_weight), in_order(cell, state_weight),
                             given(input_weight), state_weight, given(bias), steps, recompute, relu, low};
    TORCH_CHECK(!relu || state_weight.device().is_cpu(), "a ConvLSTM with ReLU has an operator on the CPU alone");
    TORCH_CHECK(steps > 0, "a ConvLSTM makes at least one step, not ", steps);
    TORCH_CHECK(in.input.defined() || in.hidden.defined(), "a ConvLSTM needs an input, or a state to start from");
    TORCH_CHECK(in.hidden.defined() == in.cell.defined(), "a ConvLSTM starts from hidden and cell state, or from neither");
    TORCH_CHECK(!in.input.defined() || in.input.size(0) % steps == 0, "the input holds ", in.input.defined() ? in.input.size(0) : 0,
                " images, which are not ", steps, " steps of one batch");
    bool gradients = false;
    for (const at::Tensor& t : {in.input, in.hidden, in.cell, in.input_weight, in.state_weight, in.bias})
        gradients = gradients || (t.defined() && t.requires_grad());
    if (gradients && c10::GradMode::is_enabled()) {
        const variable_list made = ConvLstm::apply(
            maybe(in.input), maybe(in.hidden), maybe(in.cell), maybe(in.input_weight), in.state_weight, maybe(in.bias), steps, recompute, relu, low);
        return {made[0], made[1], made[2]};
    }
    const convlstm_outputs out = convlstm_forward(in, false);
    const int64_t batch = out.cells.size(0);
    return {out.hidden, out.hidden.narrow(0, (steps - 1) * batch, batch), out.cells};
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(nowcast, m) {
    m.def(
        "convlstm(Tensor? input, Tensor? hidden, Tensor? cell, Tensor? input_weight, Tensor state_weight, Tensor? bias,"
        " int steps, bool recompute=False, bool relu=False) -> (Tensor, Tensor, Tensor)",
        &convlstm);
}
