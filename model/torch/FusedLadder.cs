using ConvLstm.Nowcast.Torch.Interop;

namespace ConvLstm.Nowcast.Torch;

/// <summary>
/// The operator of <c>native/ladder.cpp</c>: a small perceptron for every pixel, threshold and lead, in one pass over its features.
/// Not part of TorchSharp: where there is no such operator, the caller has plain ones.
/// </summary>
public static class FusedLadder
{
    /// <summary>Whether the operator works on the type and device of this tensor, now: it has no gradient.</summary>
    public static bool Takes(torch.Tensor rain)
    {
        ArgumentNullException.ThrowIfNull(rain);
        return !torch.is_grad_enabled() && rain.dtype == ScalarType.Float32 && rain.device.type == DeviceType.CPU;
    }

    /// <summary>last · relu(scale (read_rain · rain + read_rung · rung + read_bias + state) + shift) + rain_slopes · rain + rung_slopes · rung + slopes_bias + steepness sureness (rain[newest] - rung[threshold] + slack).</summary>
    /// <param name="rain">(batch, R, H, W): features of a pixel.</param>
    /// <param name="rungs">(batch, T, K, H, W): features of a pixel and a threshold.</param>
    /// <param name="near">(batch, H, W), truth values: the pixels to compute.</param>
    /// <param name="states">(L, batch, C, h, w): of each lead on a raster of patches, interpolated between their centres.</param>
    /// <param name="sites">Stride, first row and first column of the pixels here among those that the patches were made of.</param>
    /// <param name="patch">The side of a patch.</param>
    /// <param name="readRain">(C, R).</param>
    /// <param name="readRung">(C, K).</param>
    /// <param name="readBias">(C).</param>
    /// <param name="scale">(L, C).</param>
    /// <param name="shift">(L, C).</param>
    /// <param name="last">(C).</param>
    /// <param name="rainSlopes">(L, R).</param>
    /// <param name="rungSlopes">(L, K).</param>
    /// <param name="slopesBias">(L).</param>
    /// <param name="newest">Which feature of a pixel is compared with</param>
    /// <param name="threshold">which of a threshold,</param>
    /// <param name="slack">what one is allowed to lack,</param>
    /// <param name="sureness">and what their difference is multiplied with for all leads.</param>
    /// <param name="steepness">(L).</param>
    /// <param name="dry">The value of pixels that are not computed.</param>
    /// <returns>(batch, L, T, H, W), not rising with the threshold.</returns>
    /// <exception cref="TorchException">The shapes do not fit.</exception>
    public static torch.Tensor LogOdds(
        torch.Tensor rain, torch.Tensor rungs, torch.Tensor near, torch.Tensor states, long[] sites, long patch,
        torch.Tensor readRain, torch.Tensor readRung, torch.Tensor readBias, torch.Tensor scale, torch.Tensor shift, torch.Tensor last,
        torch.Tensor rainSlopes, torch.Tensor rungSlopes, torch.Tensor slopesBias,
        long newest, long threshold, double slack, double sureness, torch.Tensor steepness, double dry) =>
        Operator.Call(
            "nowcast::ladder", rain, rungs, near, states, sites, patch, readRain, readRung, readBias, scale, shift, last, rainSlopes, rungSlopes, slopesBias,
            newest, threshold, slack, sureness, steepness, dry);
}
