namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>
/// What a head makes log-odds of exceedance from. Leads L, thresholds T, hidden channels C, features of a pixel R, of a pixel and a
/// threshold K.
/// </summary>
/// <param name="Rain">(batch, R, H, W).</param>
/// <param name="PerThreshold">(batch, T, K, H, W).</param>
/// <param name="Near">(batch, H, W), truth values: the pixels to compute.</param>
/// <param name="States">(L, batch, C, h, w): what the ConvLSTM says of each lead on a raster of patches, interpolated between their
/// centres.</param>
/// <param name="SampledPixels">Stride, first row and first column of the pixels here among those that the patches were made of.</param>
/// <param name="Patch">The side of a patch.</param>
internal sealed record ExceedanceFeatures(
    Tensor Rain, Tensor PerThreshold, Tensor Near, Tensor States, (int Stride, int Row, int Column) SampledPixels,
    int Patch);

/// <summary>The weights of the head.</summary>
/// <param name="ReadRain">(C, R).</param>
/// <param name="ReadRung">(C, K).</param>
/// <param name="ReadBias">(C).</param>
/// <param name="Scale">(L, C).</param>
/// <param name="Shift">(L, C).</param>
/// <param name="Last">(C).</param>
/// <param name="RainSlopes">(L, R).</param>
/// <param name="RungSlopes">(L, K).</param>
/// <param name="SlopesBias">(L).</param>
/// <param name="Steepness">(L).</param>
internal sealed record ExceedanceWeights(
    Tensor ReadRain, Tensor ReadRung, Tensor ReadBias, Tensor Scale, Tensor Shift, Tensor Last, Tensor RainSlopes, Tensor RungSlopes,
        Tensor SlopesBias, Tensor Steepness);

/// <summary>What an untrained head says: how far a feature of the pixel is above one of the threshold.</summary>
/// <param name="Newest">Which feature of a pixel is compared with</param>
/// <param name="Threshold">which of a threshold,</param>
/// <param name="Slack">what one is allowed to lack,</param>
/// <param name="Sureness">and what their difference is multiplied with for all leads.</param>
/// <param name="Dry">The value of pixels that are not computed.</param>
internal sealed record ExceedancePersistence(int Newest, int Threshold, float Slack, float Sureness, float Dry);

/// <summary>
/// A small perceptron for every pixel, threshold and lead in one pass over its features (the head of the Lagrangian network): its inner
/// values stay in the nearest cache. Without a gradient, in float32 on the CPU.
/// </summary>
internal static class ExceedanceHeadKernel
{
    /// <summary>Whether it takes these features now.</summary>
    internal static bool Takes(Tensor rain) =>
        InstructionSets.Best != InstructionSet.Scalar && !is_grad_enabled() && rain.dtype == ScalarType.Float32
            && rain.device_type == DeviceType.CPU;

    /// <summary>
    /// last · relu(scale (read_rain · rain + read_rung · rung + read_bias + state) + shift) + rain_slopes · rain + rung_slopes · rung +
    /// slopes_bias + steepness · sureness (rain[newest] − rung[threshold] + slack), and not more than that of the threshold below.
    /// </summary>
    /// <returns>(batch, L, T, H, W).</returns>
    /// <exception cref="ArgumentException">The shapes or types do not fit.</exception>
    internal static Tensor LogOdds(ExceedanceFeatures features, ExceedanceWeights weights, ExceedancePersistence persistence,
        KernelOptions options)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var work = new ExceedanceWork(features, weights, persistence);
        switch (options.Instructions)
        {
            case InstructionSet.Avx512:
                ExceedanceRows<Floats16>.Run(work, options.Threads);
                break;
            case InstructionSet.Avx2:
                ExceedanceRows<Floats8>.Run(work, options.Threads);
                break;
            default:
                ExceedanceRows<Float1>.Run(work, options.Threads);
                break;
        }
        return work.LogOdds.MoveToOuterDisposeScope();
    }
}
