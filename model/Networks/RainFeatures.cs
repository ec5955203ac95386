using ConvLstm.Nowcast.Model.Layers;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// What can be read off the aligned scans without learning, for each pixel. Small scales are forgotten first (Seed 2003,
/// S-PROG), so a head that weighs scales by lead time knows most of what extrapolation leaves open; and how well the last twenty minutes
/// would have been forecast says how fast this rain is forgotten. Scales are kilometres on the ground, so that they fit any grid.
/// </summary>
/// <param name="Rain">(batch, <see cref="RainChannels"/>, H, W): logarithms of blurred rain, their trends, the ages of the scans
/// compared.</param>
/// <param name="PerThreshold">(batch · thresholds, <see cref="ThresholdChannels"/>, H, W): what belongs to one threshold.</param>
internal sealed record RainFeatures(Tensor Rain, Tensor PerThreshold)
{
    /// <summary>Half sides of boxes, km.</summary>
    private static readonly double[] RainScales = [0, 1.5, 3, 6, 12, 24, 48];
    private static readonly double[] ShareScales = [1.5, 4, 12, 36];
    private static readonly double[] AgreementScales = [9, 36];

    /// <summary>Growth is looked for on all scales but the largest.</summary>
    private static readonly int TrendScales = RainScales.Length - 1;

    /// <summary>Minutes between the newest scan and those it is compared with, where there are scans of that age.</summary>
    private static readonly double[] Ages = [7, 20];

    /// <summary>Rates below a fifth of the normalisation's scale are as good as dry: log-rain is log(R + this).</summary>
    private const double Least = 0.2;

    // Shares of boxes are never quite 0 or 1; agreement of a box with few events leans on that of the whole image, and that on a half.
    private const double LeastShare = 0.003;
    private const double FewInBox = 0.02;
    private const double FewInImage = 10;
    private const double MostAgreement = 1.5;

    /// <summary>How many thresholds are computed at once: all need three times the memory and are no faster.</summary>
    private const int ThresholdsAtOnce = 3;

    // Divisors that bring features near the range −1 … 1.
    internal const double LogSpan = 3;

    internal static int RainChannels => RainScales.Length + (Ages.Length * (TrendScales + 1)) + 1;

    internal static int ThresholdChannels => ShareScales.Length + AgreementScales.Length + 2;

    /// <summary>
    /// The channel of <see cref="Rain"/> with the newest rain itself, and that of <see cref="PerThreshold"/> with the threshold.
    /// </summary>
    internal const int Newest = 0;

    /// <summary>Of <see cref="Rain"/>: the largest scale, and its value where there is as good as no rain in the box.</summary>
    internal static int Widest => RainScales.Length - 1;

    /// <summary>
    /// Of <see cref="Rain"/>: boxes of 24 km, which tell wet surroundings from dry ones; and back to rain, in multiples of the
    /// normalisation's scale.
    /// </summary>
    internal const int Surroundings = 4;

    /// <summary>Of <see cref="Rain"/>: 1 where the newest scan observed the pixel.</summary>
    internal static int Observed => RainScales.Length;

    internal static Tensor RainOf(Tensor feature) => (feature * LogSpan).exp() - Least;

    internal static float NoRain => (float)(Math.Log(Least * 1.1) / LogSpan);

    /// <summary>Of <see cref="PerThreshold"/>: what <see cref="Newest"/> is to be compared with.</summary>
    internal static int Threshold => ThresholdChannels - 1;

    /// <param name="past">(batch, time, H, W, 2), aligned.</param>
    /// <param name="options">Thresholds and normalisation.</param>
    /// <param name="leads">The step and the size of a pixel.</param>
    internal static RainFeatures Of(Tensor past, NetworkOptions options, LeadTimes leads)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var time = (int)past.shape[1];
        var scan = (int t) => (Rain: (Channel(past, t, 0) * options.LogRange).expm1(), Mask: Channel(past, t, 1));
        var (rain, mask) = scan(time - 1);
        var size = rain.shape;
        var features = new ChannelStack(empty([size[0], RainChannels, 1, size[2], size[3]], device: rain.device));
        var now = RainScales.Select(km => MultiScaleBlur.Mean(rain, mask, Pixels(km, leads))).ToArray();
        foreach (var mean in now)
            features.Add(() => Log(mean));
        features.Add(() => mask);
        Tensor? older = null, both = null;
        foreach (var age in Ages)
        {
            var steps = Math.Clamp((int)Math.Round(age / leads.StepMinutes), 1, Math.Max(1, time - 1));
            var (before, seen) = scan(Math.Max(0, time - 1 - steps));
            // Where the older scan saw nothing there is no trend.
            (older, both) = (where(seen.gt(0), before, rain), mask * seen);
            for (var s = 0; s < TrendScales; s++)
                features.Add(() => ((now[s] + 1).log_() - (MultiScaleBlur.Mean(older, mask, Pixels(RainScales[s], leads))
                    + 1).log_()).clamp_(-3, 3).div_(2));
            features.Add(() => full([1], (float)(steps * leads.StepMinutes / 20), device: rain.device));
        }
        var perThreshold = PerThresholdOf(rain, older!, mask, both!, options, leads);
        return new(features.Tensor.squeeze(2).MoveToOuterDisposeScope(), perThreshold.MoveToOuterDisposeScope());
    }

    private static Tensor PerThresholdOf(Tensor rain, Tensor older, Tensor mask, Tensor both, NetworkOptions options, LeadTimes leads)
    {
        var (size, count) = (rain.shape, options.Thresholds.Count);
        var perThreshold = empty([size[0], count, ThresholdChannels, size[2], size[3]], device: rain.device);
        for (var first = 0; first < count; first += ThresholdsAtOnce)
        {
            using var scope = NewDisposeScope();
            var some = Math.Min(ThresholdsAtOnce, count - first);
            var thresholds = tensor([.. options.Thresholds.Skip(first).Take(some)], [1, some, 1, 1], device: rain.device);
            Write(new ChannelStack(perThreshold.narrow(1, first, some).permute(0, 2, 1, 3, 4)), (thresholds * options.LogRange).expm1(),
                rain, older, mask, both, leads);
        }
        return perThreshold.view(size[0] * count, ThresholdChannels, size[2], size[3]);
    }

    private static void Write(ChannelStack features, Tensor rates, Tensor rain, Tensor older, Tensor mask, Tensor both, LeadTimes leads)
    {
        var above = rain.ge(rates * (1 - ExceedanceThresholds.Slack)).to_type(float32);
        foreach (var km in ShareScales)
            features.Add(() => LogOdds(MultiScaleBlur.Mean(above, mask, Pixels(km, leads)), LeastShare));
        // The critical success index of Lagrangian persistence over the last scans, near and everywhere: hits and events.
        var before = older.ge(rates * (1 - ExceedanceThresholds.Slack)).to_type(float32);
        var counted = cat([above * before * both, above.maximum(before) * both], 1);
        var sums = counted.sum([2, 3], keepdim: true).chunk(2, 1);
        var everywhere = (sums[0] + FewInImage) / (sums[1] + (2 * FewInImage));
        var ones = ones_like(mask);
        foreach (var km in AgreementScales)
        {
            features.Add(() =>
            {
                var near = MultiScaleBlur.Mean(counted, ones, Pixels(km, leads)).chunk(2, 1);
                return LogOdds((near[0] + (everywhere * FewInBox)) / (near[1] + FewInBox), 0).clamp_(-MostAgreement, MostAgreement);
            });
        }
        features.Add(() => LogOdds(everywhere, 0).clamp_(-MostAgreement, MostAgreement));
        features.Add(() => Log(rates));
    }

    private static Tensor Log(Tensor rain)
    {
        using var scope = NewDisposeScope();
        return (rain + Least).log_().div_(LogSpan).MoveToOuterDisposeScope();
    }

    private static Tensor LogOdds(Tensor share, double least)
    {
        using var scope = NewDisposeScope();
        return (share + least).div_((1 - share).add_(least)).log_().div_(LogSpan).MoveToOuterDisposeScope();
    }

    private static int Pixels(double kilometres, LeadTimes leads) => (int)Math.Round(kilometres / leads.PixelKilometres);

    private static Tensor Channel(Tensor past, long time, long channel) => past.select(1, time).narrow(3, channel, 1).permute(0, 3, 1, 2);

    /// <summary>Channels written one after the other, so that what each is computed from does not wait for the last.</summary>
    /// <param name="tensor">(batch, channels, thresholds, H, W).</param>
    private sealed class ChannelStack(Tensor tensor)
    {
        private int _next;

        internal Tensor Tensor => tensor;

        /// <param name="channel">(batch, thresholds, H, W), or what spreads to it.</param>
        internal void Add(Func<Tensor> channel)
        {
            using var scope = NewDisposeScope();
            tensor.select(1, _next++).copy_(channel());
        }
    }
}
