// The gate arithmetic of a ConvLSTM (Shi et al. 2015, equation 3, without peepholes; tanh or ReLU for candidate and cell) over channels-last pixels.
#pragma once
#include <cstdint>

// A pixel of gates holds input, forget, candidate and output, `channels` numbers each; a pixel of a state `channels`.
template <typename T>
struct gates_forward {
    int64_t pixels, channels;
    bool relu;        // What candidate and cell go through; else tanh.
    const T* first;   // Gates before the activation, added together:
    const T* second;  // null where there is one part only.
    const T* before;  // Cell state before the step, null for zeros.
    T* activated;     // Gates after the activation, for the backward pass; null where none comes. May be first or second.
    T* cell;          // May be `before`.
    T* hidden;
};

template <typename T>
struct gates_backward {
    int64_t pixels, channels, next_stride;
    bool relu;             // As forward.
    const T* activated;
    const T* before;       // Null for zeros.
    const T* cell;
    const T* hidden_grad;  // From the layers above; null for zeros.
    const T* hidden_next;  // From the step after; null for zeros. A pixel is next_stride numbers after the one before.
    const T* cell_next;    // Null for zeros.
    T* gates_grad;         // Of the gates before the activation. May be `activated`.
    T* before_grad;        // May be `cell_next`.
};

// With the widest vectors that this processor has.
void run_here(const gates_forward<float>& work);
void run_here(const gates_backward<float>& work);

// In threads of at::parallel_for.
void run(const gates_forward<float>& work);
void run(const gates_forward<double>& work);
void run(const gates_backward<float>& work);
void run(const gates_backward<double>& work);
