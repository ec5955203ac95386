// A ConvLSTM layer unrolled over time: forward and backward by hand, gates in one pass.
#pragma once
#include <ATen/core/Tensor.h>

// Shapes: input (steps*N, in, H, W) time first, hidden and cell (N, C, H, W), weights (4C, in or C, k, k), bias (4C).
// What is absent is an undefined tensor; there is an input, or a hidden state to start from, or both.
struct convlstm_inputs {
    at::Tensor input, hidden, cell, input_weight, state_weight, bias;
    int64_t steps;
    bool recompute;  // Keep no gates for the backward pass: it computes them again.
    bool relu;       // What candidate and cell go through, on the CPU alone; else tanh.
    bool low;        // Convolutions in bfloat16; what they give, and the states, in the type of the weights.
};

struct convlstm_outputs {
    at::Tensor hidden;     // (steps*N, C, H, W), channels last, as all that follows.
    at::Tensor cells;      // All steps where a backward pass follows, else the last one.
    at::Tensor start;      // Hidden states before each step, where there is one before the first.
    at::Tensor activated;  // Gates of all steps; undefined where they are computed again.
};

struct convlstm_gradients {
    at::Tensor input, hidden, cell, input_weight, state_weight, bias;
};

convlstm_outputs convlstm_forward(const convlstm_inputs& in, bool keep);

convlstm_gradients convlstm_backward(
    const convlstm_inputs& in, const convlstm_outputs& out, const at::Tensor& hidden_grad, const at::Tensor& last_hidden_grad,
    const at::Tensor& last_cell_grad, bool need_input, bool need_hidden);
