namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>From features of pixels to log-odds of the thresholds, for each lead.</summary>
internal sealed partial class ExceedanceHead : nn.Module
{
    internal const int Channels = 24;

    /// <summary>
    /// Log-odds fall by this for each e-fold that the newest rain is below a threshold: so steep that an untrained head is as sure as
    /// extrapolation, which does not know that it can be wrong.
    /// </summary>
    private const double FirstSlope = 40;

    /// <summary>
    /// From <see cref="steepness"/> to the logarithm of the slope: it has a long way to go, and an optimizer's steps are short.
    /// </summary>
    private const double SteepnessScale = 8;

    /// <summary>Pixels taken at once where no gradient is wanted: their inner values stay in the processor's cache.</summary>
    private const int Chunk = 4096;

    private readonly Linear read_rain;
    private readonly Linear read_rung;
    private readonly Linear read_lead;
    private readonly Linear rain_slopes;
    private readonly Linear rung_slopes;
    private readonly Linear last;

    /// <summary>By lead, what becomes of <see cref="FirstSlope"/>: what is known of a pixel fades.</summary>
    private readonly Parameter steepness;

    internal ExceedanceHead()
        : base(nameof(ExceedanceHead))
    {
        read_rain = nn.Linear(RainFeatures.RainChannels, Channels);
        read_rung = nn.Linear(RainFeatures.ThresholdChannels, Channels, hasBias: false);
        read_lead = nn.Linear(LeadBasis.Length, 2 * Channels);
        rain_slopes = nn.Linear(RainFeatures.RainChannels, LeadBasis.Length);
        rung_slopes = nn.Linear(RainFeatures.ThresholdChannels, LeadBasis.Length, hasBias: false);
        last = nn.Linear(Channels, 1);
        steepness = nn.Parameter(zeros([LeadBasis.Length]));
        foreach (var weight in new[] { rain_slopes.weight, rain_slopes.bias!, rung_slopes.weight, last.weight, last.bias! })
            nn.init.zeros_(weight);
        RegisterComponents();
    }

    /// <param name="pixels">The features.</param>
    /// <param name="leads">Which leads.</param>
    /// <param name="stateAt">What the ConvLSTM says of a lead, counted from 0: (pixels, <see cref="Channels"/>).</param>
    /// <returns>For each lead the log-odds (pixels, thresholds), not rising with the threshold.</returns>
    internal IEnumerable<Tensor> PixelLogOdds(ExceedancePixels pixels, LeadTimes leads, Func<int, Tensor> stateAt)
    {
        var parts = pixels.Parts(is_grad_enabled() ? int.MaxValue : Chunk).ToList();
        var read = parts.ConvertAll(part => (
            Inner: read_rain.call(part.Rain).unsqueeze(1) + read_rung.call(part.PerThreshold),
            Slopes: rain_slopes.call(part.Rain).unsqueeze(1) + rung_slopes.call(part.PerThreshold),
            Persistence: Persistence(part)));
        for (var lead = 0; lead < leads.Steps.Count; lead++)
        {
            using var scope = NewDisposeScope();
            var basis = LeadBasis.Of(leads.Minutes(lead), pixels.Rain.device);
            var modulation = read_lead.call(basis).chunk(2, 0);
            var scale = modulation[0] + 1;
            var state = stateAt(lead);
            var slope = ((steepness * basis).sum() * SteepnessScale).exp();
            var outputs = new List<Tensor>();
            for (var part = 0; part < parts.Count; part++)
            {
                using var inner = NewDisposeScope();
                var added = (parts[part].Among(state) * scale + modulation[1]).unsqueeze(1);
                var hidden = added.addcmul(read[part].Inner, scale, 1).relu();
                var logOdds = (read[part].Persistence * slope) + read[part].Slopes.matmul(basis) + last.call(hidden).squeeze(-1);
                outputs.Add(ExceedanceThresholds.Falling(logOdds).MoveToOuterDisposeScope());
            }
            yield return pixels.Scatter(outputs.Count == 1 ? outputs[0] : cat(outputs, 0)).MoveToOuterDisposeScope();
        }
    }

    /// <summary>The log-odds of pixels that each have a lead of their own, without a word of the ConvLSTM's.</summary>
    /// <param name="rain">(pixels, <see cref="RainFeatures.RainChannels"/>).</param>
    /// <param name="perThreshold">(pixels, thresholds, <see cref="RainFeatures.ThresholdChannels"/>).</param>
    /// <param name="minutes">(pixels): the leads.</param>
    /// <returns>(pixels, thresholds), not rising with the threshold.</returns>
    internal Tensor LogOdds(Tensor rain, Tensor perThreshold, Tensor minutes)
    {
        var basis = LeadBasis.Of(minutes);
        var modulation = read_lead.call(basis).unsqueeze(1).chunk(2, 2);
        var inner = read_rain.call(rain).unsqueeze(1) + read_rung.call(perThreshold);
        var hidden = modulation[1].addcmul(inner, modulation[0] + 1, 1).relu();
        var slopes = (rain_slopes.call(rain).unsqueeze(1) + rung_slopes.call(perThreshold)).matmul(basis.unsqueeze(2)).squeeze(-1);
        var slope = ((basis * steepness).sum([1], keepdim: true) * SteepnessScale).exp();
        return ExceedanceThresholds.Falling((Persistence(new(rain, perThreshold)) * slope) + slopes + last.call(hidden).squeeze(-1));
    }

    /// <summary>
    /// The log-odds of Lagrangian persistence, (pixels, thresholds): above 0 just where the newest rain reaches the threshold.
    /// </summary>
    internal static Tensor Persistence(ExceedancePixels pixels) =>
        (pixels.Rain.narrow(1, RainFeatures.Newest, 1) - pixels.PerThreshold.select(2, RainFeatures.Threshold)
            + (ExceedanceThresholds.Slack / RainFeatures.LogSpan)) * (FirstSlope * RainFeatures.LogSpan);
}
