#include "ladder.h"
#include <ATen/Parallel.h>
#include <math.h>
#include <algorithm>
#include <vector>
#include "vectors.h"

namespace {

// Pixels side by side, one in each lane: their inner values stay in registers and the nearest cache.
constexpr int kLanes = 16;

// Room for one block of pixels.
struct block {
    std::vector<float> hidden, inner, added, line, rain, rung, below;
    std::vector<float> row;  // (L, C, coarse_width): the states between two coarse rows.

    explicit block(const ladder_work& w)
        : hidden(w.channels * kLanes), inner(w.channels * kLanes), added(w.leads * w.channels * kLanes), line(w.leads * kLanes),
          rain(w.rain_features * kLanes), rung(w.rung_features * kLanes), below(w.leads * kLanes),
          row(w.leads * w.channels * w.coarse_width) {}
};

struct place {
    int64_t lower, upper;
    float share;  // Of the upper one.
};

INLINE place between(float at, int64_t size) {
    const float inside = std::min(std::max(at, 0.f), static_cast<float>(size - 1));
    const int64_t lower = static_cast<int64_t>(inside);
    return {lower, std::min(lower + 1, size - 1), inside - static_cast<float>(lower)};
}

// out (rows, lanes) = bias + weights (rows, columns) in (columns, lanes)
INLINE void product(const float* weights, const float* bias, const float* in, int64_t rows, int64_t columns, float* __restrict out, int64_t bias_stride) {
    for (int64_t r = 0; r < rows; r++) {
        float sum[kLanes];
        for (int i = 0; i < kLanes; i++) sum[i] = bias[r * bias_stride + (bias_stride == 1 ? 0 : i)];
        for (int64_t k = 0; k < columns; k++) {
            const float weight = weights[r * columns + k];
            for (int i = 0; i < kLanes; i++) sum[i] += weight * in[k * kLanes + i];
        }
        for (int i = 0; i < kLanes; i++) out[r * kLanes + i] = sum[i];
    }
}

// The next lanes of (channels) images; lanes beyond the row repeat its last pixel.
INLINE void load(const float* images, int64_t channels, int64_t plane, int lanes, float* __restrict out) {
    for (int64_t k = 0; k < channels; k++)
        for (int i = 0; i < kLanes; i++) out[k * kLanes + i] = images[k * plane + std::min(i, lanes - 1)];
}

INLINE void coarse_row(const ladder_work& w, int64_t image, int64_t row, block& b) {
    const place p = between(static_cast<float>(row) * w.row_step + w.row_start, w.coarse_height);
    const int64_t plane = w.coarse_height * w.coarse_width;
    for (int64_t lead = 0; lead < w.leads; lead++) {
        for (int64_t c = 0; c < w.channels; c++) {
            const float* state = w.states + ((lead * w.batch + image) * w.channels + c) * plane;
            const float *lower = state + p.lower * w.coarse_width, *upper = state + p.upper * w.coarse_width;
            float* __restrict out = b.row.data() + (lead * w.channels + c) * w.coarse_width;
            const float scale = w.scale[lead * w.channels + c], shift = w.shift[lead * w.channels + c];
            for (int64_t x = 0; x < w.coarse_width; x++) out[x] = (lower[x] + (upper[x] - lower[x]) * p.share) * scale + shift;
        }
    }
}

INLINE void interpolate(const ladder_work& w, int64_t column, block& b) {
    int32_t lower[kLanes], upper[kLanes];
    float share[kLanes];
    for (int i = 0; i < kLanes; i++) {
        const place p = between(static_cast<float>(column + i) * w.column_step + w.column_start, w.coarse_width);
        lower[i] = static_cast<int32_t>(p.lower);
        upper[i] = static_cast<int32_t>(p.upper);
        share[i] = p.share;
    }
    for (int64_t k = 0; k < w.leads * w.channels; k++) {
        const float* row = b.row.data() + k * w.coarse_width;
        float* __restrict out = b.added.data() + k * kLanes;
        for (int i = 0; i < kLanes; i++) out[i] = row[lower[i]] + (row[upper[i]] - row[lower[i]]) * share[i];
    }
}

INLINE void thresholds(const ladder_work& w, int64_t image, int64_t pixel, int lanes, const bool* near, block& b) {
    const int64_t plane = w.height * w.width, channels = w.channels;
    for (int64_t t = 0; t < w.thresholds; t++) {
        load(w.rungs + (image * w.thresholds + t) * w.rung_features * plane + pixel, w.rung_features, plane, lanes, b.rung.data());
        product(w.read_rung, b.hidden.data(), b.rung.data(), channels, w.rung_features, b.inner.data(), kLanes);
        float persistence[kLanes];
        for (int i = 0; i < kLanes; i++)
            persistence[i] = (b.rain[w.newest * kLanes + i] - b.rung[w.threshold * kLanes + i] + w.slack) * w.sureness;
        for (int64_t lead = 0; lead < w.leads; lead++) {
            const float *scale = w.scale + lead * channels, *added = b.added.data() + lead * channels * kLanes;
            float sum[kLanes];
            product(w.rung_slopes + lead * w.rung_features, b.line.data() + lead * kLanes, b.rung.data(), 1, w.rung_features, sum, kLanes);
            for (int64_t c = 0; c < channels; c++) {
                for (int i = 0; i < kLanes; i++) {
                    const float h = b.inner[c * kLanes + i] * scale[c] + added[c * kLanes + i];
                    sum[i] += w.last[c] * (h > 0.f ? h : 0.f);
                }
            }
            for (int i = 0; i < kLanes; i++) sum[i] += persistence[i] * w.steepness[lead];
            float* __restrict below = b.below.data() + lead * kLanes;
            for (int i = 0; i < kLanes; i++) below[i] = t > 0 && below[i] < sum[i] ? below[i] : sum[i];
            float* out = w.log_odds + ((image * w.leads + lead) * w.thresholds + t) * plane + pixel;
            for (int i = 0; i < lanes; i++) out[i] = near[i] ? below[i] : w.dry;
        }
    }
}

INLINE void nothing(const ladder_work& w, int64_t image, int64_t pixel, int lanes) {
    for (int64_t k = 0; k < w.leads * w.thresholds; k++) {
        float* out = w.log_odds + (image * w.leads * w.thresholds + k) * w.height * w.width + pixel;
        for (int i = 0; i < lanes; i++) out[i] = w.dry;
    }
}

EACH_PROCESSOR void rows(const ladder_work& w, int64_t from, int64_t to) {
    block b(w);
    const int64_t plane = w.height * w.width;
    for (int64_t r = from; r < to; r++) {
        const int64_t image = r / w.height, row = r % w.height;
        bool ready = false;
        for (int64_t column = 0; column < w.width; column += kLanes) {
            const int lanes = static_cast<int>(std::min<int64_t>(kLanes, w.width - column));
            const int64_t pixel = row * w.width + column;
            const bool* near = w.near + image * plane + pixel;
            if (std::none_of(near, near + lanes, [](bool one) { return one; })) {
                nothing(w, image, pixel, lanes);
                continue;
            }
            if (!ready) coarse_row(w, image, row, b);
            ready = true;
            interpolate(w, column, b);
            load(w.rain + image * w.rain_features * plane + pixel, w.rain_features, plane, lanes, b.rain.data());
            product(w.read_rain, w.read_bias, b.rain.data(), w.channels, w.rain_features, b.hidden.data(), 1);
            product(w.rain_slopes, w.slopes_bias, b.rain.data(), w.leads, w.rain_features, b.line.data(), 1);
            thresholds(w, image, pixel, lanes, near, b);
        }
    }
}

}  // namespace

void run(const ladder_work& work) {
    at::parallel_for(0, work.batch * work.height, 4, [&](int64_t from, int64_t to) { rows(work, from, to); });
}
