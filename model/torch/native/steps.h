// One step of the gates on tensors, on whatever device they are; see gates.h for the arithmetic on the CPU.
#pragma once
#include <ATen/core/Tensor.h>

struct step_forward_tensors {
    at::Tensor first, second, before, activated, cell, hidden;
};

struct step_backward_tensors {
    at::Tensor activated, before, cell, hidden_grad, hidden_next, cell_next, gates_grad, before_grad;
};

void step_forward(const step_forward_tensors& step);

void step_backward(const step_backward_tensors& step);

// The same values in channels-last memory, with the strides that say so even where they are ambiguous.
at::Tensor channels_last(const at::Tensor& t);
