using ConvLstm.Nowcast.Model.Kernels;

namespace ConvLstm.Nowcast.Model.Networks;

internal sealed partial class ExceedanceHead
{
    /// <summary>The same as <see cref="PixelLogOdds"/> without rows of pixels in between, by <see cref="ExceedanceHeadKernel"/>.</summary>
    /// <param name="features">Of all pixels that the ConvLSTM read.</param>
    /// <param name="states">What the ConvLSTM says of each lead: (leads, batch, <see cref="Channels"/>, ⌈H/patch⌉, ⌈W/patch⌉).</param>
    /// <param name="patch">The side of its patches.</param>
    /// <param name="leads">Which leads and pixels.</param>
    /// <returns>(batch, lead, H, W, thresholds).</returns>
    internal Tensor Maps(RainFeatures features, Tensor states, int patch, LeadTimes leads)
    {
        using var scope = NewDisposeScope();
        var pixels = leads.SampledPixels;
        var rain = pixels.Of(features.Rain, 2, 3);
        var size = rain.shape;
        var perThreshold = pixels.Of(features.PerThreshold, 2, 3).reshape(size[0], -1, RainFeatures.ThresholdChannels, size[2], size[3]);
        var basis = stack([.. Enumerable.Range(0, leads.Steps.Count).Select(lead => LeadBasis.Of(leads.Minutes(lead), rain.device))]);
        var modulation = read_lead.call(basis).chunk(2, 1);
        var weights = new ExceedanceWeights(
            read_rain.weight, read_rung.weight, read_rain.bias!, modulation[0] + 1, modulation[1], last.weight.view(-1),
            basis.matmul(rain_slopes.weight), basis.matmul(rung_slopes.weight), basis.matmul(rain_slopes.bias!) + last.bias!,
            ((steepness * basis).sum([1]) * SteepnessScale).exp());
        return ExceedanceHeadKernel.LogOdds(
            new(rain, perThreshold, ExceedancePixels.Near(rain), states, (pixels.Stride, pixels.Row, pixels.Column), patch),
            weights,
            new(RainFeatures.Newest, RainFeatures.Threshold, (float)(ExceedanceThresholds.Slack / RainFeatures.LogSpan),
                (float)(FirstSlope * RainFeatures.LogSpan), ExceedancePixels.Dry),
            KernelOptions.Default)
            .permute(0, 1, 3, 4, 2).MoveToOuterDisposeScope();
    }
}
