// The inner loops of winograd.cpp, built once for each width of vectors; winograd_kernels() gives those for this processor.
#pragma once
#include <cstdint>

constexpr int64_t kTile = 4;                      // A tile is 4x4 pixels of the output ...
constexpr int64_t kPatch = 6;                     // ... from 6x6 pixels of the input.
constexpr int64_t kPositions = kPatch * kPatch;
constexpr int64_t kPanel = 32;                    // Columns of the matrix products that are worked on together.

// Channels-last pixels of one image.
struct image_view {
    const float* data;
    int64_t height, width, channels;
};

struct winograd_kernels {
    // Tiles of one row of tiles, each 6x6 patch from (4*row-1, 4*column-1), to values[position][tile][channel].
    void (*patches)(const image_view& image, int64_t row, int64_t column, int64_t count, float* values, int64_t position_stride, int64_t tile_stride);

    // The adjoint of `outputs`: 4x4 tiles of channels [from, from+columns) to values[position][tile][kPanel].
    void (*gradients)(const image_view& image, int64_t row, int64_t column, int64_t count, int64_t from, int64_t columns,
                      float* values, int64_t position_stride);

    // products[row][kPanel] (+)= sum over k of left(row, k) * right[k][kPanel], for the first `columns` at least.
    void (*multiply)(const float* left, int64_t row_stride, int64_t k_stride, const float* right, int64_t rows, int64_t depth,
                     int64_t columns, float* products, bool add);

    // Values [position][tile][kPanel] to 4x4 pixels, `columns` channels of them, with bias (or null); rows and pixels
    // beyond `height` and `width` are left out. Pixel (y, x) of tile i stands at target + y*row_stride + (4*i+x)*pixel_stride.
    void (*outputs)(const float* values, int64_t position_stride, int64_t count, int64_t columns, const float* bias,
                    float* target, int64_t row_stride, int64_t pixel_stride, int64_t height, int64_t width);

    // Weights g[n][3][3] with stride between n, to values[position][n].
    void (*weights)(const float* g, int64_t stride, bool flipped, int64_t count, float* values, int64_t position_stride);

    // The adjoint of `weights`, added over nothing: values[position][n] to g.
    void (*weight_gradients)(const float* values, int64_t position_stride, int64_t count, float* g, int64_t stride);
};

const winograd_kernels& winograd();
