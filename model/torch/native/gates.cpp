#include "gates.h"
#include <ATen/Parallel.h>
#include <math.h>
#include <algorithm>
#include <cstring>
#include "vectors.h"

namespace {

// exp(x) = 2^n exp(r), |r| <= ln 2 / 2. Adding this rounds to an integer and leaves it in the lowest bits.
constexpr float kRound = 12582912.f;  // 1.5 * 2^23
constexpr float kLog2E = 1.44269504f;
constexpr float kLn2High = 0.693145752f, kLn2Low = 1.42860677e-6f;  // ln 2 in two parts, the first with 13 free bits.

struct power {
    float scale, rest;  // exp(x) = scale * (1 + rest); rest is exact to rounding also near zero.
};

INLINE power exponential(float x) {
    const float shifted = x * kLog2E + kRound;
    const float n = shifted - kRound;
    const float r = (x - n * kLn2High) - n * kLn2Low;
    // Taylor's polynomial of exp(r) - 1; its rest is below 2e-8 of r there.
    float p = 1.f / 5040;
    p = p * r + 1.f / 720;
    p = p * r + 1.f / 120;
    p = p * r + 1.f / 24;
    p = p * r + 1.f / 6;
    p = p * r + 0.5f;
    const float rest = p * (r * r) + r;
    uint32_t bits;
    std::memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 127) << 23;
    float scale;
    std::memcpy(&scale, &bits, sizeof scale);
    return {scale, rest};
}

// NaN fails each comparison and so goes through.
INLINE float within(float x, float limit) {
    x = x > limit ? limit : x;
    return x < -limit ? -limit : x;
}

INLINE float sigmoid(float x) {
    const power e = exponential(within(-x, 87.f));
    return 1.f / (1.f + (e.scale + e.scale * e.rest));
}

INLINE float hyperbolic(float x) {
    const power e = exponential(within(x + x, 20.f));
    const float minus_one = (e.scale - 1.f) + e.scale * e.rest;
    return minus_one / (minus_one + 2.f);
}

INLINE double sigmoid(double x) { return 1 / (1 + ::exp(-x)); }

INLINE double hyperbolic(double x) { return ::tanh(x); }

// What candidate and cell go through. NaN fails the comparison and so goes through.
template <bool kRelu, typename T>
INLINE T bend(T x) {
    if (kRelu) return x < 0 ? T(0) : x;
    return hyperbolic(x);
}

// Its slope where it gave y.
template <bool kRelu, typename T>
INLINE T slope(T y) {
    if (kRelu) return y > 0 ? T(1) : T(0);
    return 1 - y * y;
}

template <typename T, bool kSecond, bool kBefore, bool kKeep, bool kRelu>
INLINE void forward_as(const gates_forward<T>& w, int64_t from, int64_t to) {
    const int64_t c = w.channels;
    for (int64_t p = from; p < to; p++) {
        const T* __restrict first = w.first + p * 4 * c;
        const T* __restrict second = kSecond ? w.second + p * 4 * c : nullptr;
        const T* before = kBefore ? w.before + p * c : nullptr;
        T* activated = kKeep ? w.activated + p * 4 * c : nullptr;
        T* cell = w.cell + p * c;
        T* __restrict hidden = w.hidden + p * c;
#pragma GCC ivdep
        for (int64_t k = 0; k < c; k++) {
            const T i = sigmoid(kSecond ? first[k] + second[k] : first[k]);
            const T f = sigmoid(kSecond ? first[c + k] + second[c + k] : first[c + k]);
            const T g = bend<kRelu>(kSecond ? first[2 * c + k] + second[2 * c + k] : first[2 * c + k]);
            const T o = sigmoid(kSecond ? first[3 * c + k] + second[3 * c + k] : first[3 * c + k]);
            const T next = kBefore ? f * before[k] + i * g : i * g;
            if (kKeep) {
                activated[k] = i;
                activated[c + k] = f;
                activated[2 * c + k] = g;
                activated[3 * c + k] = o;
            }
            cell[k] = next;
            hidden[k] = o * bend<kRelu>(next);
        }
    }
}

template <typename T, bool kBefore, bool kAbove, bool kNext, bool kRelu>
INLINE void backward_as(const gates_backward<T>& w, int64_t from, int64_t to) {
    const int64_t c = w.channels;
    for (int64_t p = from; p < to; p++) {
        const T* activated = w.activated + p * 4 * c;
        const T* __restrict before = kBefore ? w.before + p * c : nullptr;
        const T* __restrict cell = w.cell + p * c;
        const T* __restrict above = kAbove ? w.hidden_grad + p * c : nullptr;
        const T* __restrict next = kNext ? w.hidden_next + p * w.next_stride : nullptr;
        const T* cell_next = w.cell_next == nullptr ? nullptr : w.cell_next + p * c;
        T* gates_grad = w.gates_grad + p * 4 * c;
        T* before_grad = w.before_grad + p * c;
#pragma GCC ivdep
        for (int64_t k = 0; k < c; k++) {
            const T i = activated[k], f = activated[c + k], g = activated[2 * c + k], o = activated[3 * c + k];
            const T bent = bend<kRelu>(cell[k]);
            const T hidden = (kAbove ? above[k] : T(0)) + (kNext ? next[k] : T(0));
            const T whole = hidden * o * slope<kRelu>(bent) + (cell_next == nullptr ? T(0) : cell_next[k]);
            gates_grad[k] = whole * g * i * (1 - i);
            gates_grad[c + k] = kBefore ? whole * before[k] * f * (1 - f) : T(0);
            gates_grad[2 * c + k] = whole * i * slope<kRelu>(g);
            gates_grad[3 * c + k] = hidden * bent * o * (1 - o);
            before_grad[k] = whole * f;
        }
    }
}

template <typename T, bool kSecond, bool kBefore, bool kRelu>
INLINE void forward_kept(const gates_forward<T>& w, int64_t from, int64_t to) {
    if (w.activated != nullptr) forward_as<T, kSecond, kBefore, true, kRelu>(w, from, to);
    else forward_as<T, kSecond, kBefore, false, kRelu>(w, from, to);
}

template <typename T, bool kRelu>
INLINE void forward_bent(const gates_forward<T>& w, int64_t from, int64_t to) {
    if (w.second != nullptr && w.before != nullptr) forward_kept<T, true, true, kRelu>(w, from, to);
    else if (w.second != nullptr) forward_kept<T, true, false, kRelu>(w, from, to);
    else if (w.before != nullptr) forward_kept<T, false, true, kRelu>(w, from, to);
    else forward_kept<T, false, false, kRelu>(w, from, to);
}

template <typename T>
INLINE void forward_any(const gates_forward<T>& w, int64_t from, int64_t to) {
    if (w.relu) forward_bent<T, true>(w, from, to);
    else forward_bent<T, false>(w, from, to);
}

template <typename T, bool kBefore, bool kRelu>
INLINE void backward_from(const gates_backward<T>& w, int64_t from, int64_t to) {
    if (w.hidden_grad != nullptr && w.hidden_next != nullptr) backward_as<T, kBefore, true, true, kRelu>(w, from, to);
    else if (w.hidden_grad != nullptr) backward_as<T, kBefore, true, false, kRelu>(w, from, to);
    else if (w.hidden_next != nullptr) backward_as<T, kBefore, false, true, kRelu>(w, from, to);
    else backward_as<T, kBefore, false, false, kRelu>(w, from, to);
}

template <typename T, bool kRelu>
INLINE void backward_bent(const gates_backward<T>& w, int64_t from, int64_t to) {
    if (w.before != nullptr) backward_from<T, true, kRelu>(w, from, to);
    else backward_from<T, false, kRelu>(w, from, to);
}

template <typename T>
INLINE void backward_any(const gates_backward<T>& w, int64_t from, int64_t to) {
    if (w.relu) backward_bent<T, true>(w, from, to);
    else backward_bent<T, false>(w, from, to);
}

EACH_PROCESSOR void some(const gates_forward<float>& w, int64_t from, int64_t to) { forward_any(w, from, to); }
EACH_PROCESSOR void some(const gates_backward<float>& w, int64_t from, int64_t to) { backward_any(w, from, to); }
void some(const gates_forward<double>& w, int64_t from, int64_t to) { forward_any(w, from, to); }
void some(const gates_backward<double>& w, int64_t from, int64_t to) { backward_any(w, from, to); }

template <typename W>
void in_threads(const W& w) {
    const int64_t grain = std::max<int64_t>(1, 8192 / w.channels);
    at::parallel_for(0, w.pixels, grain, [&](int64_t from, int64_t to) { some(w, from, to); });
}

}  // namespace

void run_here(const gates_forward<float>& work) { some(work, 0, work.pixels); }
void run_here(const gates_backward<float>& work) { some(work, 0, work.pixels); }
void run(const gates_forward<float>& work) { in_threads(work); }
void run(const gates_forward<double>& work) { in_threads(work); }
void run(const gates_backward<float>& work) { in_threads(work); }
void run(const gates_backward<double>& work) { in_threads(work); }
