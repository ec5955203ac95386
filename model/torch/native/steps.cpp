#include "steps.h"
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include "gates.h"

namespace {

template <typename T>
T* start_of(const at::Tensor& t) {
    return t.defined() ? static_cast<T*>(t.data_ptr()) : nullptr;
}

int64_t pixels_of(const at::Tensor& t) { return t.size(0) * t.size(2) * t.size(3); }

template <typename T>
void forward_on_cpu(const step_forward_tensors& s) {
    run(gates_forward<T>{pixels_of(s.cell), s.cell.size(1), s.relu, start_of<T>(s.first), start_of<T>(s.second), start_of<T>(s.before),
                         start_of<T>(s.activated), start_of<T>(s.cell), start_of<T>(s.hidden)});
}

template <typename T>
void backward_on_cpu(const step_backward_tensors& s) {
    run(gates_backward<T>{pixels_of(s.cell), s.cell.size(1), s.cell.size(1), s.relu, start_of<T>(s.activated), start_of<T>(s.before), start_of<T>(s.cell),
                          start_of<T>(s.hidden_grad), start_of<T>(s.hidden_next), start_of<T>(s.cell_next),
                          start_of<T>(s.gates_grad), start_of<T>(s.before_grad)});
}

float* pixel(const at::Tensor& t, int64_t which) { return t.defined() ? start_of<float>(t) + which * t.size(1) : nullptr; }

// Channels-last pixels as the rows of a matrix: the batch of an LSTM cell. No copy.
at::Tensor rows(const at::Tensor& t) { return t.permute({0, 2, 3, 1}).reshape({-1, t.size(1)}); }

at::Tensor rows_or_zeros(const at::Tensor& t, const at::Tensor& like) {
    return t.defined() ? rows(t) : at::zeros({pixels_of(like), like.size(1)}, like.options());
}

// The kernel takes its parts in the order input, forget, candidate, output, as here.
void forward_on_gpu(const step_forward_tensors& s) {
    auto [hidden, cell, activated] = at::_thnn_fused_lstm_cell(rows(s.first), rows_or_zeros(s.second, s.first), rows_or_zeros(s.before, s.cell));
    rows(s.hidden).copy_(hidden);
    rows(s.cell).copy_(cell);
    if (s.activated.defined()) rows(s.activated).copy_(activated);
}

void backward_on_gpu(const step_backward_tensors& s) {
    at::Tensor hidden = s.hidden_grad.defined() && s.hidden_next.defined() ? s.hidden_grad + s.hidden_next
        : s.hidden_grad.defined() ? s.hidden_grad : s.hidden_next;
    auto [gates, before, bias] = at::_thnn_fused_lstm_cell_backward_impl(
        rows_or_zeros(hidden, s.cell), rows_or_zeros(s.cell_next, s.cell), rows_or_zeros(s.before, s.cell), rows(s.cell), rows(s.activated), false);
    rows(s.gates_grad).copy_(gates);
    rows(s.before_grad).copy_(before);
}

}  // namespace

void step_forward(const step_forward_tensors& s) {
    if (!s.cell.device().is_cpu()) forward_on_gpu(s);
    else if (s.cell.scalar_type() == at::kFloat) forward_on_cpu<float>(s);
    else forward_on_cpu<double>(s);
}

void step_backward(const step_backward_tensors& s) {
    if (!s.cell.device().is_cpu()) backward_on_gpu(s);
    else if (s.cell.scalar_type() == at::kFloat) backward_on_cpu<float>(s);
    else backward_on_cpu<double>(s);
}

void step_forward_pixels(const step_forward_tensors& s, const float* gates, int64_t first, int64_t count) {
    run_here(gates_forward<float>{count, s.cell.size(1), s.relu, gates, nullptr, pixel(s.before, first), pixel(s.activated, first),
                                  pixel(s.cell, first), pixel(s.hidden, first)});
}

void step_backward_pixels(const step_backward_tensors& s, const float* hidden_next, int64_t next_stride, int64_t first, int64_t count) {
    run_here(gates_backward<float>{count, s.cell.size(1), next_stride, s.relu, pixel(s.activated, first), pixel(s.before, first), pixel(s.cell, first),
                                   pixel(s.hidden_grad, first), hidden_next, pixel(s.cell_next, first),
                                   pixel(s.gates_grad, first), pixel(s.before_grad, first)});
}
