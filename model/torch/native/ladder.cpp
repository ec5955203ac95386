#include "ladder.h"
#include <ATen/Parallel.h>
#include <math.h>
#include <algorithm>
#include <cstring>
#include <vector>
#include "vectors.h"

namespace {

// Pixels side by side, one in each lane: their inner values stay in registers and the nearest cache.
constexpr int kLanes = 16;
typedef float vector __attribute__((vector_size(kLanes * sizeof(float))));

INLINE void load(const float* from, vector* to) { std::memcpy(to, from, sizeof *to); }
INLINE void store(const vector& from, float* to) { std::memcpy(to, &from, sizeof from); }

struct place {
    int64_t lower, upper;
    float share;  // Of the upper one.
};

INLINE place between(float at, int64_t size) {
    const float inside = std::min(std::max(at, 0.f), static_cast<float>(size - 1));
    const int64_t lower = static_cast<int64_t>(inside);
    return {lower, std::min(lower + 1, size - 1), inside - static_cast<float>(lower)};
}

// The coarse columns that a block of pixels lies between, and what each of them gives to each lane.
struct mixture {
    int64_t first, count;
    std::vector<float> weights;  // (count, lanes)

    mixture(const ladder_work& w, int64_t column) {
        place places[kLanes];
        for (int i = 0; i < kLanes; i++) places[i] = between(static_cast<float>(column + i) * w.column_step + w.column_start, w.coarse_width);
        first = places[0].lower;
        count = places[kLanes - 1].upper - first + 1;
        weights.resize(count * kLanes);
        for (int i = 0; i < kLanes; i++) {
            weights[(places[i].lower - first) * kLanes + i] += 1 - places[i].share;
            weights[(places[i].upper - first) * kLanes + i] += places[i].share;
        }
    }
};

// Room for one block of pixels.
struct block {
    std::vector<float> hidden, inner, added, line, rain, rung, below;
    std::vector<float> row;  // (L, C, coarse_width): the states between two coarse rows.
    std::vector<mixture> columns;

    explicit block(const ladder_work& w)
        : hidden(w.channels * kLanes), inner(w.channels * kLanes), added(w.leads * w.channels * kLanes), line(w.leads * kLanes),
          rain(w.rain_features * kLanes), rung(w.rung_features * kLanes), below(w.leads * kLanes),
          row(w.leads * w.channels * w.coarse_width) {
        for (int64_t column = 0; column < w.width; column += kLanes) columns.emplace_back(w, column);
    }
};

// sum += weights (columns) in (columns, lanes)
INLINE void add(const float* weights, const float* in, int64_t columns, vector* sum) {
    vector whole = *sum;
    for (int64_t k = 0; k < columns; k++) {
        vector one;
        load(in + k * kLanes, &one);
        whole += weights[k] * one;
    }
    *sum = whole;
}

// out (rows, lanes) = bias (rows) + weights (rows, columns) in (columns, lanes)
INLINE void product(const float* weights, const float* bias, const float* in, int64_t rows, int64_t columns, float* out) {
    for (int64_t r = 0; r < rows; r++) {
        vector sum = vector{} + bias[r];
        add(weights + r * columns, in, columns, &sum);
        store(sum, out + r * kLanes);
    }
}

// The next lanes of (channels) images; lanes beyond the row repeat its last pixel.
INLINE void gather(const float* images, int64_t channels, int64_t plane, int lanes, float* __restrict out) {
    for (int64_t k = 0; k < channels; k++) {
        if (lanes == kLanes) std::memcpy(out + k * kLanes, images + k * plane, sizeof(float) * kLanes);
        else for (int i = 0; i < kLanes; i++) out[k * kLanes + i] = images[k * plane + std::min(i, lanes - 1)];
    }
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

INLINE void interpolate(const ladder_work& w, const mixture& m, block& b) {
    for (int64_t k = 0; k < w.leads * w.channels; k++) {
        const float* cells = b.row.data() + k * w.coarse_width + m.first;
        vector sum = {};
        add(cells, m.weights.data(), m.count, &sum);
        store(sum, b.added.data() + k * kLanes);
    }
}

INLINE void thresholds(const ladder_work& w, int64_t image, int64_t pixel, int lanes, const bool* near, block& b) {
    const int64_t plane = w.height * w.width, channels = w.channels;
    for (int64_t t = 0; t < w.thresholds; t++) {
        gather(w.rungs + (image * w.thresholds + t) * w.rung_features * plane + pixel, w.rung_features, plane, lanes, b.rung.data());
        for (int64_t c = 0; c < channels; c++) {
            vector sum;
            load(b.hidden.data() + c * kLanes, &sum);
            add(w.read_rung + c * w.rung_features, b.rung.data(), w.rung_features, &sum);
            store(sum, b.inner.data() + c * kLanes);
        }
        vector newest, threshold;
        load(b.rain.data() + w.newest * kLanes, &newest);
        load(b.rung.data() + w.threshold * kLanes, &threshold);
        const vector persistence = (newest - threshold + w.slack) * w.sureness;
        for (int64_t lead = 0; lead < w.leads; lead++) {
            const float *scale = w.scale + lead * channels, *added = b.added.data() + lead * channels * kLanes;
            vector sum;
            load(b.line.data() + lead * kLanes, &sum);
            add(w.rung_slopes + lead * w.rung_features, b.rung.data(), w.rung_features, &sum);
            for (int64_t c = 0; c < channels; c++) {
                vector inner, h;
                load(b.inner.data() + c * kLanes, &inner);
                load(added + c * kLanes, &h);
                h += inner * scale[c];
                sum += w.last[c] * (h > 0.f ? h : vector{});
            }
            sum += persistence * w.steepness[lead];
            float* below = b.below.data() + lead * kLanes;
            if (t > 0) {
                vector lower;
                load(below, &lower);
                sum = lower < sum ? lower : sum;
            }
            store(sum, below);
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
            interpolate(w, b.columns[column / kLanes], b);
            gather(w.rain + image * w.rain_features * plane + pixel, w.rain_features, plane, lanes, b.rain.data());
            product(w.read_rain, w.read_bias, b.rain.data(), w.channels, w.rain_features, b.hidden.data());
            product(w.rain_slopes, w.slopes_bias, b.rain.data(), w.leads, w.rain_features, b.line.data());
            thresholds(w, image, pixel, lanes, near, b);
        }
    }
}

}  // namespace

void run(const ladder_work& work) {
    at::parallel_for(0, work.batch * work.height, 4, [&](int64_t from, int64_t to) { rows(work, from, to); });
}
