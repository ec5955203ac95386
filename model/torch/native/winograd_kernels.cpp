// Winograd's minimal filtering F(4x4, 3x3): Winograd 1980, "Arithmetic complexity of computations"; Lavin and Gray 2016,
// "Fast algorithms for convolutional neural networks". The points are 0, +-5/8, +-3/2 and infinity, which lose half as
// many digits as the integers of Lavin and Gray (compare Barabasz et al. 2020, "Error analysis and improving the accuracy
// of Winograd convolution for deep neural networks"). build.sh compiles this file with several instruction sets, so it
// includes no code that a linker could take from one into another.
#include "winograd_kernels.h"
#include <cstring>

#ifndef WINOGRAD_VARIANT
#define WINOGRAD_VARIANT winograd_baseline
#endif
#define INLINE static inline __attribute__((always_inline))

namespace {

#if defined(__AVX512F__)
constexpr int kWidth = 16, kRows = 12;
#elif defined(__AVX2__)
constexpr int kWidth = 8, kRows = 6;
#else
constexpr int kWidth = 4, kRows = 4;
#endif

template <int W>
struct vector {
    typedef float type __attribute__((vector_size(W * sizeof(float))));
};
template <>
struct vector<1> {
    typedef float type;
};

template <typename V>
INLINE V load(const float* from) {
    V v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

template <typename V>
INLINE void store(float* to, V v) {
    std::memcpy(to, &v, sizeof v);
}

constexpr float a = 5.f / 8, b = 3.f / 2;
constexpr float a2 = a * a, b2 = b * b;

template <typename V>
INLINE void patch(const V* d, V* v) {
    const V even = d[4] - b2 * d[2], odd = a * d[3] - (a * b2) * d[1];
    const V even2 = d[4] - a2 * d[2], odd2 = b * d[3] - (b * a2) * d[1];
    v[0] = (a2 * b2) * d[0] - (a2 + b2) * d[2] + d[4];
    v[1] = even + odd;
    v[2] = even - odd;
    v[3] = even2 + odd2;
    v[4] = even2 - odd2;
    v[5] = (a2 * b2) * d[1] - (a2 + b2) * d[3] + d[5];
}

template <typename V>
INLINE void output(const V* m, V* y) {
    const V s = m[1] + m[2], t = m[1] - m[2], s2 = m[3] + m[4], t2 = m[3] - m[4];
    y[0] = m[0] + s + s2;
    y[1] = a * t + b * t2;
    y[2] = a2 * s + b2 * s2;
    y[3] = (a * a2) * t + (b * b2) * t2 + m[5];
}

template <typename V>
INLINE void gradient(const V* y, V* m) {
    const V even = y[0] + a2 * y[2], odd = a * y[1] + (a * a2) * y[3];
    const V even2 = y[0] + b2 * y[2], odd2 = b * y[1] + (b * b2) * y[3];
    m[0] = y[0];
    m[1] = even + odd;
    m[2] = even - odd;
    m[3] = even2 + odd2;
    m[4] = even2 - odd2;
    m[5] = y[3];
}

constexpr float n0 = 1 / (a2 * b2), na = 1 / (2 * a2 * (a2 - b2)), nb = 1 / (2 * b2 * (b2 - a2));

INLINE void weight(const float* g, float* u) {
    const float even = na * g[0] + (na * a2) * g[2], odd = (na * a) * g[1];
    const float even2 = nb * g[0] + (nb * b2) * g[2], odd2 = (nb * b) * g[1];
    u[0] = n0 * g[0];
    u[1] = even + odd;
    u[2] = even - odd;
    u[3] = even2 + odd2;
    u[4] = even2 - odd2;
    u[5] = g[2];
}

INLINE void weight_gradient(const float* u, float* g) {
    const float s = u[1] + u[2], t = u[1] - u[2], s2 = u[3] + u[4], t2 = u[3] - u[4];
    g[0] = n0 * u[0] + na * s + nb * s2;
    g[1] = (na * a) * t + (nb * b) * t2;
    g[2] = (na * a2) * s + (nb * b2) * s2 + u[5];
}

template <int W>
INLINE void patch_of(const image_view& image, int64_t y0, int64_t x0, int64_t channel, float* values, int64_t position_stride) {
    typedef typename vector<W>::type V;
    V half[kPatch][kPatch];
    const bool inside = y0 >= 0 && x0 >= 0 && y0 + kPatch <= image.height && x0 + kPatch <= image.width;
    for (int x = 0; x < kPatch; x++) {
        V column[kPatch], made[kPatch];
        for (int y = 0; y < kPatch; y++) {
            const bool there = inside || (y0 + y >= 0 && y0 + y < image.height && x0 + x >= 0 && x0 + x < image.width);
            column[y] = there ? load<V>(image.data + ((y0 + y) * image.width + x0 + x) * image.channels + channel) : V{};
        }
        patch(column, made);
        for (int y = 0; y < kPatch; y++) half[y][x] = made[y];
    }
    for (int y = 0; y < kPatch; y++) {
        V made[kPatch];
        patch(half[y], made);
        for (int x = 0; x < kPatch; x++) store(values + (y * kPatch + x) * position_stride, made[x]);
    }
}

template <int W>
INLINE void gradient_of(const image_view& image, int64_t y0, int64_t x0, int64_t channel, float* values, int64_t position_stride) {
    typedef typename vector<W>::type V;
    V half[kPatch][kTile];
    for (int x = 0; x < kTile; x++) {
        V column[kTile], made[kPatch];
        for (int y = 0; y < kTile; y++) {
            const bool there = y0 + y < image.height && x0 + x < image.width;
            column[y] = there ? load<V>(image.data + ((y0 + y) * image.width + x0 + x) * image.channels + channel) : V{};
        }
        gradient(column, made);
        for (int y = 0; y < kPatch; y++) half[y][x] = made[y];
    }
    for (int y = 0; y < kPatch; y++) {
        V made[kPatch];
        gradient(half[y], made);
        for (int x = 0; x < kPatch; x++) store(values + (y * kPatch + x) * position_stride, made[x]);
    }
}

template <int W>
INLINE void output_of(const float* values, int64_t position_stride, const float* bias, float* target, int64_t row_stride,
                      int64_t pixel_stride, int64_t height, int64_t width) {
    typedef typename vector<W>::type V;
    V half[kTile][kPatch];
    for (int x = 0; x < kPatch; x++) {
        V column[kPatch], made[kTile];
        for (int y = 0; y < kPatch; y++) column[y] = load<V>(values + (y * kPatch + x) * position_stride);
        output(column, made);
        for (int y = 0; y < kTile; y++) half[y][x] = made[y];
    }
    const V add = bias == nullptr ? V{} : load<V>(bias);
    for (int y = 0; y < kTile && y < height; y++) {
        V made[kTile];
        output(half[y], made);
        for (int x = 0; x < kTile; x++) {
            if (x < width) store(target + y * row_stride + x * pixel_stride, made[x] + add);
        }
    }
}

// Calls body<W>(channel) over all channels, in vectors as wide as still fit.
#define OVER_CHANNELS(count, body)                                                    \
    do {                                                                              \
        int64_t c = 0;                                                                \
        for (; c + kWidth <= (count); c += kWidth) { constexpr int W = kWidth; body; } \
        if (kWidth > 8 && c + 8 <= (count)) { constexpr int W = 8; body; c += 8; }     \
        if (kWidth > 4 && c + 4 <= (count)) { constexpr int W = 4; body; c += 4; }     \
        for (; c < (count); c++) { constexpr int W = 1; body; }                       \
    } while (false)

void patches(const image_view& image, int64_t row, int64_t column, int64_t count, float* values, int64_t position_stride, int64_t tile_stride) {
    for (int64_t i = 0; i < count; i++)
        OVER_CHANNELS(image.channels, (patch_of<W>(image, kTile * row - 1, kTile * (column + i) - 1, c, values + i * tile_stride + c, position_stride)));
}

void gradients(const image_view& image, int64_t row, int64_t column, int64_t count, int64_t from, int64_t columns, float* values, int64_t position_stride) {
    for (int64_t i = 0; i < count; i++)
        OVER_CHANNELS(columns, (gradient_of<W>(image, kTile * row, kTile * (column + i), from + c, values + i * kPanel + c, position_stride)));
}

void outputs(const float* values, int64_t position_stride, int64_t count, int64_t columns, const float* bias, float* target,
             int64_t row_stride, int64_t pixel_stride, int64_t height, int64_t width) {
    for (int64_t i = 0; i < count; i++)
        OVER_CHANNELS(columns, (output_of<W>(values + i * kPanel + c, position_stride, bias == nullptr ? nullptr : bias + c,
                                             target + kTile * i * pixel_stride + c, row_stride, pixel_stride, height, width - kTile * i)));
}

template <int R, int kVectors>
INLINE void multiply_columns(const float* left, int64_t row_stride, int64_t k_stride, const float* right, int64_t depth, float* products, bool add) {
    typedef typename vector<kWidth>::type V;
    V sum[R][kVectors];
    for (int r = 0; r < R; r++)
        for (int v = 0; v < kVectors; v++) sum[r][v] = add ? load<V>(products + r * kPanel + v * kWidth) : V{};
    // An address may add a multiple of one register to another, so three rows share a pointer.
    constexpr int kPointers = (R + 2) / 3;
    const float* from[kPointers];
    for (int p = 0; p < kPointers; p++) from[p] = left + 3 * p * row_stride;
    const float* to = right;
    for (int64_t k = 0; k < depth; k++, to += kPanel) {
        V weights[kVectors];
        for (int v = 0; v < kVectors; v++) weights[v] = load<V>(to + v * kWidth);
#pragma GCC unroll 16
        for (int r = 0; r < R; r++) {
            const float one = from[r / 3][r % 3 * row_stride];
            for (int v = 0; v < kVectors; v++) sum[r][v] += one * weights[v];
        }
        for (int p = 0; p < kPointers; p++) from[p] += k_stride;
    }
    for (int r = 0; r < R; r++)
        for (int v = 0; v < kVectors; v++) store(products + r * kPanel + v * kWidth, sum[r][v]);
}

template <int R>
INLINE void multiply_rows(const float* left, int64_t row_stride, int64_t k_stride, const float* right, int64_t depth, int64_t columns, float* products, bool add) {
    constexpr int kVectors = kWidth >= 8 ? 2 : 4;
    int64_t n = 0;
    for (; n + (kVectors - 1) * kWidth < columns; n += kVectors * kWidth)
        multiply_columns<R, kVectors>(left, row_stride, k_stride, right + n, depth, products + n, add);
    for (; n < columns; n += kWidth)
        multiply_columns<R, 1>(left, row_stride, k_stride, right + n, depth, products + n, add);
}

void multiply(const float* left, int64_t row_stride, int64_t k_stride, const float* right, int64_t rows, int64_t depth, int64_t columns,
              float* products, bool add) {
    while (rows > 0) {
        int64_t done;
        if (rows >= kRows) { done = kRows; multiply_rows<kRows>(left, row_stride, k_stride, right, depth, columns, products, add); }
        else if (rows >= 8 && kRows > 8) { done = 8; multiply_rows<8>(left, row_stride, k_stride, right, depth, columns, products, add); }
        else if (rows >= 4) { done = 4; multiply_rows<4>(left, row_stride, k_stride, right, depth, columns, products, add); }
        else if (rows >= 2) { done = 2; multiply_rows<2>(left, row_stride, k_stride, right, depth, columns, products, add); }
        else { done = 1; multiply_rows<1>(left, row_stride, k_stride, right, depth, columns, products, add); }
        rows -= done;
        left += done * row_stride;
        products += done * kPanel;
    }
}

void weights(const float* g, int64_t stride, bool flipped, int64_t count, float* values, int64_t position_stride) {
    for (int64_t n = 0; n < count; n++, g += stride) {
        float half[kPatch][3];
        for (int x = 0; x < 3; x++) {
            float column[3], made[kPatch];
            for (int y = 0; y < 3; y++) column[y] = flipped ? g[8 - 3 * y - x] : g[3 * y + x];
            weight(column, made);
            for (int y = 0; y < kPatch; y++) half[y][x] = made[y];
        }
        for (int y = 0; y < kPatch; y++) {
            float made[kPatch];
            weight(half[y], made);
            for (int x = 0; x < kPatch; x++) values[(y * kPatch + x) * position_stride + n] = made[x];
        }
    }
}

void weight_gradients(const float* values, int64_t position_stride, int64_t count, float* g, int64_t stride) {
    for (int64_t n = 0; n < count; n++, g += stride) {
        float half[3][kPatch];
        for (int x = 0; x < kPatch; x++) {
            float column[kPatch], made[3];
            for (int y = 0; y < kPatch; y++) column[y] = values[(y * kPatch + x) * position_stride + n];
            weight_gradient(column, made);
            for (int y = 0; y < 3; y++) half[y][x] = made[y];
        }
        for (int y = 0; y < 3; y++) {
            float made[3];
            weight_gradient(half[y], made);
            for (int x = 0; x < 3; x++) g[3 * y + x] = made[x];
        }
    }
}

}  // namespace

extern const winograd_kernels WINOGRAD_VARIANT;
const winograd_kernels WINOGRAD_VARIANT{patches, gradients, multiply, outputs, weights, weight_gradients};
