// Log-odds of a ladder of thresholds for each pixel and lead: the inference of the head of the Lagrangian network in one pass.
#pragma once
#include <cstdint>

// Leads L, thresholds T, hidden channels C, features of the rain R and of each threshold K. Images are row after row, and
// all leads of an image share its features.
struct ladder_work {
    int64_t batch, height, width, leads, thresholds, channels, rain_features, rung_features;
    const float* rain;   // (batch, R, height, width)
    const float* rungs;  // (batch, T, K, height, width)
    const bool* near;    // (batch, height, width): the pixels that are worth it; the others get `dry`.

    // What the ConvLSTM says, on a coarse raster: pixel (i, j) is at row i * row_step + row_start of it, a linear interpolation
    // between its neighbours; beyond the raster its edge holds.
    const float* states;  // (L, batch, C, coarse_height, coarse_width)
    int64_t coarse_height, coarse_width;
    float row_step, row_start, column_step, column_start;

    const float *read_rain, *read_rung, *read_bias;        // (C, R), (C, K), (C): to the hidden channels.
    const float *scale, *shift;                            // (L, C): of the hidden channels of a lead, before they are cut off at 0.
    const float* last;                                     // (C): from the hidden channels to log-odds.
    const float *rain_slopes, *rung_slopes, *slopes_bias;  // (L, R), (L, K), (L): what goes past them.

    // And what an untrained head says, to the last bit: (rain of the newest scan - threshold + slack) * sureness * steepness of the lead.
    int64_t newest, threshold;  // Which of the features of the rain, and of each threshold.
    float slack, sureness;
    const float* steepness;  // (L)
    float dry;

    float* log_odds;  // (batch, L, T, height, width), not rising with the threshold.
};

// In threads of at::parallel_for.
void run(const ladder_work& work);
