// One step of the gates on tensors, on whatever device they are; see gates.h for the arithmetic on the CPU.
#pragma once
#include <ATen/core/Tensor.h>

struct step_forward_tensors {
    at::Tensor first, second, before, activated, cell, hidden;
    bool relu;  // What candidate and cell go through; else tanh.
};

struct step_backward_tensors {
    at::Tensor activated, before, cell, hidden_grad, hidden_next, cell_next, gates_grad, before_grad;
    bool relu;
};

// The same for some pixels of float tensors on the CPU, from the sum of the gates, which stands elsewhere: the rest of
// `first` and `second` is not read. Runs in the calling thread.
void step_forward_pixels(const step_forward_tensors& step, const float* gates, int64_t first, int64_t count);

// The same, with the gradient of the hidden state from the step after standing elsewhere, `next_stride` apart.
void step_backward_pixels(const step_backward_tensors& step, const float* hidden_next, int64_t next_stride, int64_t first, int64_t count);

void step_forward(const step_forward_tensors& step);

void step_backward(const step_backward_tensors& step);
