#include "winograd.h"
#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <algorithm>
#include "winograd_kernels.h"

extern const winograd_kernels winograd_baseline;
#if defined(__x86_64__)
extern const winograd_kernels winograd_avx2, winograd_avx512;
#endif

const winograd_kernels& winograd() {
#if defined(__x86_64__)
    static const winograd_kernels& best = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
            && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") ? winograd_avx512
        : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? winograd_avx2 : winograd_baseline;
    return best;
#else
    return winograd_baseline;
#endif
}

namespace {

constexpr int64_t kCacheFloats = 120 << 10;  // Patches that are worked on together: about half of a second-level cache.
constexpr int64_t kTileStep = 12;            // Rows of the products in registers.

constexpr int64_t kShift = 16;               // Between positions: at a power of two they would share the lines of the cache.

int64_t panels(int64_t channels) { return (channels + kPanel - 1) / kPanel; }

// Tiles of all images in reading order, cut into pieces of about the size of the cache.
struct tiling {
    int64_t images, height, width, rows, columns, piece, pieces;

    tiling(const at::Tensor& image, int64_t channels) : images(image.size(0)), height(image.size(2)), width(image.size(3)) {
        rows = (height + kTile - 1) / kTile;
        columns = (width + kTile - 1) / kTile;
        const int64_t tiles = images * rows * columns, threads = at::get_num_threads();
        const int64_t fits = std::clamp<int64_t>(kCacheFloats / (kPositions * channels) / kTileStep * kTileStep, kTileStep, 8 * kTileStep);
        const int64_t rounds = (tiles + fits * threads - 1) / (fits * threads);
        piece = (tiles + rounds * threads - 1) / (rounds * threads);
        pieces = (tiles + piece - 1) / piece;
    }

    // Calls body(image, row, column, count, done) for each run of tiles of a piece that lies in one row.
    template <typename F>
    void runs(int64_t which, F&& body) const {
        const int64_t from = which * piece, to = std::min(from + piece, images * rows * columns);
        for (int64_t tile = from; tile < to;) {
            const int64_t column = tile % columns, row = tile / columns % rows;
            const int64_t count = std::min(columns - column, to - tile);
            body(tile / columns / rows, row, column, count, tile - from);
            tile += count;
        }
    }

    int64_t tiles_of(int64_t which) const { return std::min(piece, images * rows * columns - which * piece); }
};

image_view view(const at::Tensor& images, int64_t which) {
    const int64_t c = images.size(1), h = images.size(2), w = images.size(3);
    return {static_cast<const float*>(images.data_ptr()) + which * h * w * c, h, w, c};
}

at::Tensor floats(int64_t count) { return at::empty({count}, at::TensorOptions().dtype(at::kFloat)); }

float* data(const at::Tensor& t) { return static_cast<float*>(t.data_ptr()); }

// weight_of(k, n) points to the nine numbers between input k and output n.
template <typename F>
winograd_weights pack(int64_t inputs, int64_t outputs, int64_t stride, bool flipped, F&& weight_of) {
    winograd_weights made{at::zeros({panels(outputs) * kPositions * inputs * kPanel}, at::TensorOptions().dtype(at::kFloat)), inputs, outputs};
    at::parallel_for(0, panels(outputs) * inputs, 16, [&](int64_t from, int64_t to) {
        for (int64_t i = from; i < to; i++) {
            const int64_t panel = i / inputs, k = i % inputs;
            winograd().weights(weight_of(k, panel * kPanel), stride, flipped, std::min(kPanel, outputs - panel * kPanel),
                               data(made.packed) + (panel * kPositions * inputs + k) * kPanel, inputs * kPanel);
        }
    });
    return made;
}

at::Tensor joined(const std::vector<at::Tensor>& parts) {
    std::vector<at::Tensor> there;
    for (const at::Tensor& part : parts)
        if (part.defined()) there.push_back(part);
    return (there.size() == 1 ? there[0] : at::cat(there, 1)).contiguous();
}

// The patches of the channels of all parts side by side.
void patches_of(const tiling& tiles, int64_t which, const std::vector<at::Tensor>& parts, int64_t channels, int64_t step, float* patches) {
    for (const at::Tensor& part : parts) {
        tiles.runs(which, [&](int64_t image, int64_t row, int64_t column, int64_t n, int64_t done) {
            winograd().patches(view(part, image), row, column, n, patches + done * channels, step, channels);
        });
        patches += part.size(1);
    }
}

}  // namespace

bool winograd_takes(const at::Tensor& weight) {
    return weight.device().is_cpu() && weight.scalar_type() == at::kFloat && weight.size(2) == 3 && weight.size(3) == 3;
}

winograd_weights winograd_pack(const std::vector<at::Tensor>& parts) {
    const at::Tensor weight = joined(parts);
    const int64_t inputs = weight.size(1);
    return pack(inputs, weight.size(0), inputs * 9, false, [&](int64_t k, int64_t n) { return data(weight) + (n * inputs + k) * 9; });
}

winograd_weights winograd_pack_back(const std::vector<at::Tensor>& parts) {
    const at::Tensor weight = joined(parts);
    const int64_t outputs = weight.size(1);
    return pack(weight.size(0), outputs, 9, true, [&](int64_t k, int64_t n) { return data(weight) + (k * outputs + n) * 9; });
}

void winograd_convolve(const std::vector<at::Tensor>& parts, const winograd_weights& weights, const at::Tensor& bias, float* target, const winograd_then& then) {
    const tiling tiles(parts[0], weights.inputs);
    const int64_t inputs = weights.inputs, outputs = weights.outputs;
    const at::Tensor steady = bias.defined() ? bias.contiguous() : bias;
    at::parallel_for(0, tiles.pieces, 1, [&](int64_t from, int64_t to) {
        const at::Tensor patches = floats(kPositions * (tiles.piece * inputs + kShift)), products = floats(kPositions * (tiles.piece * kPanel + kShift));
        const at::Tensor aside = target == nullptr ? floats(tiles.piece * kTile * kTile * outputs) : at::Tensor();
        for (int64_t which = from; which < to; which++) {
            const int64_t count = tiles.tiles_of(which), patch_step = count * inputs + kShift, product_step = count * kPanel + kShift;
            patches_of(tiles, which, parts, inputs, patch_step, data(patches));
            // Where the pixels of a run of tiles begin, and how far the rows are apart.
            const auto place = [&](int64_t image, int64_t row, int64_t column, int64_t n, int64_t done) {
                return target == nullptr ? std::pair<float*, int64_t>(data(aside) + done * kTile * kTile * outputs, n * kTile * outputs)
                    : std::pair<float*, int64_t>(target + ((image * tiles.height + kTile * row) * tiles.width + kTile * column) * outputs, tiles.width * outputs);
            };
            for (int64_t panel = 0; panel < panels(outputs); panel++) {
                const int64_t first = panel * kPanel, columns = std::min(kPanel, outputs - first);
                for (int64_t position = 0; position < kPositions; position++)
                    winograd().multiply(data(patches) + position * patch_step, inputs, 1,
                                        data(weights.packed) + (panel * kPositions + position) * inputs * kPanel, count, inputs, columns,
                                        data(products) + position * product_step, false);
                tiles.runs(which, [&](int64_t image, int64_t row, int64_t column, int64_t n, int64_t done) {
                    const auto [start, stride] = place(image, row, column, n, done);
                    winograd().outputs(data(products) + done * kPanel, product_step, n, columns,
                                       steady.defined() ? data(steady) + first : nullptr, start + first, stride, outputs,
                                       tiles.height - kTile * row, tiles.width - kTile * column);
                });
            }
            if (!then) continue;
            tiles.runs(which, [&](int64_t image, int64_t row, int64_t column, int64_t n, int64_t done) {
                const auto [start, stride] = place(image, row, column, n, done);
                for (int64_t y = 0; y < kTile && kTile * row + y < tiles.height; y++)
                    then((image * tiles.height + kTile * row + y) * tiles.width + kTile * column, std::min(n * kTile, tiles.width - kTile * column), start + y * stride);
            });
        }
    });
}

at::Tensor winograd_weight_gradient(const std::vector<at::Tensor>& parts, const at::Tensor& output_grad) {
    int64_t inputs = 0;
    for (const at::Tensor& part : parts) inputs += part.size(1);
    const int64_t outputs = output_grad.size(1);
    const tiling tiles(output_grad, inputs + kPanel);
    const int64_t size = panels(outputs) * kPositions * inputs * kPanel;
    // Added in the order of the pieces, so that the same input gives the same bits.
    std::vector<at::Tensor> sums(tiles.pieces);
    at::parallel_for(0, tiles.pieces, 1, [&](int64_t from, int64_t to) {
        const at::Tensor own = at::zeros({size}, at::TensorOptions().dtype(at::kFloat));
        const at::Tensor patches = floats(kPositions * (tiles.piece * inputs + kShift));
        const at::Tensor products = floats(kPositions * (tiles.piece * kPanel + kShift)).zero_();
        for (int64_t which = from; which < to; which++) {
            const int64_t count = tiles.tiles_of(which), patch_step = count * inputs + kShift, product_step = count * kPanel + kShift;
            patches_of(tiles, which, parts, inputs, patch_step, data(patches));
            for (int64_t panel = 0; panel < panels(outputs); panel++) {
                const int64_t first = panel * kPanel, columns = std::min(kPanel, outputs - first);
                tiles.runs(which, [&](int64_t image, int64_t row, int64_t column, int64_t n, int64_t done) {
                    winograd().gradients(view(output_grad, image), row, column, n, first, columns,
                                         data(products) + done * kPanel, product_step);
                });
                for (int64_t position = 0; position < kPositions; position++)
                    winograd().multiply(data(patches) + position * patch_step, 1, inputs, data(products) + position * product_step,
                                        inputs, count, columns, data(own) + (panel * kPositions + position) * inputs * kPanel, true);
            }
        }
        sums[from] = own;
    });
    at::Tensor sum = sums[0];
    for (int64_t i = 1; i < tiles.pieces; i++)
        if (sums[i].defined()) sum.add_(sums[i]);
    at::Tensor made = at::empty({outputs, inputs, 3, 3}, output_grad.options());
    at::parallel_for(0, panels(outputs) * inputs, 16, [&](int64_t from, int64_t to) {
        for (int64_t i = from; i < to; i++) {
            const int64_t panel = i / inputs, k = i % inputs;
            winograd().weight_gradients(data(sum) + (panel * kPositions * inputs + k) * kPanel, inputs * kPanel,
                                        std::min(kPanel, outputs - panel * kPanel), data(made) + (panel * kPanel * inputs + k) * 9, inputs * 9);
        }
    });
    return made;
}
