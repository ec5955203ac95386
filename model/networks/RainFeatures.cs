using ConvLstm.Nowcast.Model.Layers;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// What can be read off the aligned scans without learning, for each pixel: the newest log-rain at several scales, the share of
/// wet and of heavy pixels around, and the trend of each scale. Small scales are forgotten first (Seed 2003, S-PROG), so a
/// head that weighs them by lead time knows most of what extrapolation leaves open.
/// </summary>
internal static class RainFeatures
{
    private static readonly int[] RainRadii = [0, 1, 2, 4, 8, 16, 32];
    private static readonly int[] ShareRadii = [2, 6, 16];
    private static readonly int[] TrendRadii = [2, 6, 16];

    /// <summary>How many channels <see cref="Of"/> gives, for a number of thresholds.</summary>
    internal static int Channels(int thresholds) => RainRadii.Length + (ShareRadii.Length * thresholds) + (TrendRadii.Length * 2) + 1;

    /// <param name="past">(batch, time, H, W, 2), aligned.</param>
    /// <param name="thresholds">Normalised rates.</param>
    /// <returns>(batch, channels, H, W).</returns>
    internal static Tensor Of(Tensor past, IReadOnlyList<float> thresholds)
    {
        var time = past.shape[1];
        var (rain, mask) = (Channel(past, time - 1, 0), Channel(past, time - 1, 1));
        var above = cat([.. thresholds.Select(t => rain.ge(t - ThresholdSlack).to_type(float32))], 1);
        var features = new List<Tensor> { mask };
        features.AddRange(RainRadii.Select(radius => MultiScaleBlur.Mean(rain, mask, radius)));
        features.AddRange(ShareRadii.Select(radius => MultiScaleBlur.Mean(above, mask, radius)));
        foreach (var before in new[] { time - 2, 0 })
        {
            var both = mask * Channel(past, before, 1);
            var trend = (rain - Channel(past, before, 0)) * both;
            features.AddRange(TrendRadii.Select(radius => MultiScaleBlur.Mean(trend, both, radius)));
        }
        return cat(features, 1);
    }

    /// <summary>A rate that equals the threshold reaches it; packing and logarithm may have cost it its last digits.</summary>
    internal const float ThresholdSlack = 1e-4f;

    private static Tensor Channel(Tensor past, long time, long channel) => past.select(1, Math.Max(0, time)).narrow(3, channel, 1).permute(0, 3, 1, 2);
}
