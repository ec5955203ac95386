// nowcast::ladder in the dispatcher: without a gradient, in float32, on the processor.
#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/library.h>
#include "ladder.h"

namespace {

at::Tensor ready(const at::Tensor& t, at::IntArrayRef shape, const char* name) {
    TORCH_CHECK(t.sizes() == shape, "ladder: ", name, " is ", t.sizes(), ", not ", shape);
    TORCH_CHECK(t.scalar_type() == at::kFloat && t.device().is_cpu(), "ladder: ", name, " is not of float32 on the processor");
    return t.contiguous();
}

at::Tensor ladder(
    const at::Tensor& rain, const at::Tensor& rungs, const at::Tensor& near, const at::Tensor& states, at::IntArrayRef sites, int64_t patch,
    const at::Tensor& read_rain, const at::Tensor& read_rung, const at::Tensor& read_bias, const at::Tensor& scale, const at::Tensor& shift,
    const at::Tensor& last, const at::Tensor& rain_slopes, const at::Tensor& rung_slopes, const at::Tensor& slopes_bias,
    int64_t newest, int64_t threshold, double slack, double sureness, const at::Tensor& steepness, double dry) {
    TORCH_CHECK(!c10::GradMode::is_enabled(), "nowcast::ladder has no gradient: use the plain operators for it");
    TORCH_CHECK(rain.dim() == 4 && rungs.dim() == 5 && states.dim() == 5 && scale.dim() == 2 && sites.size() == 3, "ladder: too few or too many dimensions");
    const int64_t n = rain.size(0), r = rain.size(1), h = rain.size(2), w = rain.size(3);
    const int64_t t = rungs.size(1), k = rungs.size(2), l = scale.size(0), c = scale.size(1);
    TORCH_CHECK(near.sizes() == at::IntArrayRef({n, h, w}) && near.scalar_type() == at::kBool, "ladder: near is ", near.sizes(), " of ", near.scalar_type());
    const at::Tensor all[] = {
        ready(rain, {n, r, h, w}, "rain"), ready(rungs, {n, t, k, h, w}, "rungs"), ready(states, {l, n, c, states.size(3), states.size(4)}, "states"),
        ready(read_rain, {c, r}, "read_rain"), ready(read_rung, {c, k}, "read_rung"), ready(read_bias, {c}, "read_bias"),
        ready(scale, {l, c}, "scale"), ready(shift, {l, c}, "shift"), ready(last, {c}, "last"),
        ready(rain_slopes, {l, r}, "rain_slopes"), ready(rung_slopes, {l, k}, "rung_slopes"), ready(slopes_bias, {l}, "slopes_bias"),
        ready(steepness, {l}, "steepness")};
    TORCH_CHECK(newest >= 0 && newest < r && threshold >= 0 && threshold < k, "ladder: no feature ", newest, " of ", r, " or ", threshold, " of ", k);
    const at::Tensor chosen = near.contiguous();
    const at::Tensor out = at::empty({n, l, t, h, w}, rain.options());
    const auto data = [&](int i) { return all[i].data_ptr<float>(); };
    // Centres of pixels in units of patches, whose centres are whole numbers.
    const auto step = static_cast<float>(sites[0]) / static_cast<float>(patch);
    const auto start = [&](int64_t first) { return (static_cast<float>(first) + 0.5f) / static_cast<float>(patch) - 0.5f; };
    run(ladder_work{n, h, w, l, t, c, r, k, data(0), data(1), chosen.data_ptr<bool>(), data(2), states.size(3), states.size(4),
                    step, start(sites[1]), step, start(sites[2]), data(3), data(4), data(5), data(6), data(7), data(8), data(9), data(10), data(11),
                    newest, threshold, static_cast<float>(slack), static_cast<float>(sureness), data(12), static_cast<float>(dry), out.data_ptr<float>()});
    return out;
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(nowcast, m) {
    m.def(
        "ladder(Tensor rain, Tensor rungs, Tensor near, Tensor states, int[] sites, int patch, Tensor read_rain, Tensor read_rung, Tensor read_bias,"
        " Tensor scale, Tensor shift, Tensor last, Tensor rain_slopes, Tensor rung_slopes, Tensor slopes_bias,"
        " int newest, int threshold, float slack, float sureness, Tensor steepness, float dry) -> Tensor",
        &ladder);
}
