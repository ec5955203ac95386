// nowcast::box_mean: means over boxes around each pixel, of the observed pixels only (normalised convolution, Knutsson and Westin 1993).
// Boxes are summed on a raster and what lies between its points is interpolated; without a gradient, in float32, on the processor.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>
#include <torch/library.h>
#include <algorithm>
#include <vector>
#include "vectors.h"

namespace {

struct boxes {
    int64_t height, width, radius, stride, rows, columns;  // Points of the raster: rows x columns.

    boxes(int64_t h, int64_t w, int64_t r)
        : height(h), width(w), radius(r), stride(std::max<int64_t>(1, r / 2)), rows((h - 1) / stride + 1), columns((w - 1) / stride + 1) {}
};

// Sums over boxes, interpolated along each row of points: (rows, width). A mask multiplies the image where there is one.
EACH_PROCESSOR void sum(const boxes& b, const float* image, const float* mask, float* out) {
    std::vector<float> above(b.width), points(b.columns);
    const int64_t inside = std::min(b.width, (b.columns - 1) * b.stride + 1);
    for (int64_t i = 0; i < b.rows; i++) {
        std::fill(above.begin(), above.end(), 0.f);
        float* __restrict column_sums = above.data();
        for (int64_t y = std::max<int64_t>(0, i * b.stride - b.radius); y <= std::min(b.height - 1, i * b.stride + b.radius); y++) {
            const float *row = image + y * b.width, *seen = mask == nullptr ? nullptr : mask + y * b.width;
            if (seen == nullptr) for (int64_t x = 0; x < b.width; x++) column_sums[x] += row[x];
            else for (int64_t x = 0; x < b.width; x++) column_sums[x] += row[x] * seen[x];
        }
        for (int64_t j = 0; j < b.columns; j++) {
            const int64_t from = std::max<int64_t>(0, j * b.stride - b.radius), to = std::min(b.width - 1, j * b.stride + b.radius);
            float whole = 0.f;
            for (int64_t x = from; x <= to; x++) whole += column_sums[x];
            points[j] = whole;
        }
        float* __restrict line = out + i * b.width;
        for (int64_t j = 0; j + 1 < b.columns; j++) {
            const float step = (points[j + 1] - points[j]) / static_cast<float>(b.stride);
            for (int64_t k = 0; k < b.stride; k++) line[j * b.stride + k] = points[j] + step * static_cast<float>(k);
        }
        for (int64_t x = inside - 1; x < b.width; x++) line[x] = points[b.columns - 1];
    }
}

// Between two rows of points.
INLINE void lines(const boxes& b, const float* sums, int64_t y, const float** lower, const float** upper, float* share) {
    const int64_t i = std::min(y / b.stride, b.rows - 1), next = std::min(i + 1, b.rows - 1);
    *lower = sums + i * b.width;
    *upper = sums + next * b.width;
    *share = next == i ? 0.f : static_cast<float>(y - i * b.stride) / static_cast<float>(b.stride);
}

EACH_PROCESSOR void divide(const boxes& b, const float* sums, const float* counts, float* out) {
    const float fewest = 1e-3f * static_cast<float>((2 * b.radius + 1) * (2 * b.radius + 1));
    for (int64_t y = 0; y < b.height; y++) {
        const float *lower, *upper, *fewer, *more;
        float share;
        lines(b, sums, y, &lower, &upper, &share);
        lines(b, counts, y, &fewer, &more, &share);
        float* __restrict row = out + y * b.width;
        for (int64_t x = 0; x < b.width; x++) {
            const float count = fewer[x] + (more[x] - fewer[x]) * share;
            row[x] = (lower[x] + (upper[x] - lower[x]) * share) / (count > fewest ? count : fewest);
        }
    }
}

at::Tensor box_mean(const at::Tensor& images, const at::Tensor& mask, int64_t radius) {
    TORCH_CHECK(!c10::GradMode::is_enabled(), "nowcast::box_mean has no gradient: use the plain operators for it");
    TORCH_CHECK(images.dim() == 4 && images.numel() > 0 && radius > 0, "box_mean: images are ", images.sizes(), ", the radius ", radius);
    const int64_t n = images.size(0), c = images.size(1), h = images.size(2), w = images.size(3);
    TORCH_CHECK(mask.sizes() == at::IntArrayRef({n, 1, h, w}), "box_mean: the mask is ", mask.sizes(), ", the images are ", images.sizes());
    for (const at::Tensor& t : {images, mask})
        TORCH_CHECK(t.scalar_type() == at::kFloat && t.device().is_cpu(), "box_mean: not of float32 on the processor");
    const at::Tensor in = images.contiguous(), observed = mask.contiguous(), out = at::empty({n, c, h, w}, images.options());
    const boxes b(h, w, radius);
    const int64_t plane = h * w, points = b.rows * w;
    std::vector<float> counts(n * points);
    for (int64_t i = 0; i < n; i++) sum(b, observed.data_ptr<float>() + i * plane, nullptr, counts.data() + i * points);
    at::parallel_for(0, n * c, 1, [&](int64_t from, int64_t to) {
        std::vector<float> sums(points);
        for (int64_t k = from; k < to; k++) {
            sum(b, in.data_ptr<float>() + k * plane, observed.data_ptr<float>() + k / c * plane, sums.data());
            divide(b, sums.data(), counts.data() + k / c * points, out.data_ptr<float>() + k * plane);
        }
    });
    return out;
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(nowcast, m) { m.def("box_mean(Tensor images, Tensor mask, int radius) -> Tensor", &box_mean); }
