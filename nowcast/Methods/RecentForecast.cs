using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Motion;
using ConvLstm.Nowcast.MovingFrame;

namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// What the network would have said some scans ago, beside what has come since: how sure it may be of this rain. The motion is that of
/// then, since part of what is not known is the motion.
/// </summary>
internal static class RecentForecast
{
    /// <summary>Scans that the forecast of then must have had: two for the motion.</summary>
    private const int FewestScans = 2;

    /// <summary>Pixels looked at, on a raster.</summary>
    private const double Pixels = 40_000;

    /// <summary>Pixels this far below any rain that could come are not learned from; there are very many of them.</summary>
    private const float Dry = -12;

    /// <param name="network">Gives log-odds of <paramref name="thresholds"/>.</param>
    /// <param name="rain">(T, H, W) in mm/h, NaN where not observed, the newest last.</param>
    /// <param name="leads">The step and the pixel of the forecast to be made.</param>
    /// <param name="thresholds">mm/h.</param>
    /// <param name="normalisation">Of the network.</param>
    /// <returns>Null where there are too few scans or too little rain.</returns>
    internal static Recalibration? Learn(RainNetwork network, Tensor rain, LeadTimes leads, IReadOnlyList<float> thresholds,
        Normalisation normalisation)
    {
        var scans = (int)rain.shape[0];
        var ahead = Math.Min((int)Math.Round(Recalibration.LearnedAt.TotalMinutes / leads.StepMinutes),
            scans - FewestScans - (scans > 4 ? 1 : 0));
        if (ahead < 1)
            return null;
        using var scope = NewDisposeScope();
        var newest = scans - 1 - ahead;
        var motion = OpticalFlow.Estimate(rain.narrow(0, 0, newest + 1), MotionOptions.For(TimeSpan.FromMinutes(leads.StepMinutes)));
        var aligned = Alignment.Align(rain, newest, motion);
        var past = NormalisedRain.WithMask(aligned.narrow(0, 0, newest + 1), normalisation).unsqueeze(0);
        int[] steps = ahead == 1 ? [1] : [Math.Max(1, ahead / 2), ahead];
        var stride = (int)Math.Max(1, Math.Round(Math.Sqrt(rain.shape[1] * rain.shape[2] / Pixels)));
        var sites = network.TakesSampledPixels ? new SampledPixels(stride, stride / 2, stride / 2) : SampledPixels.All;
        var logOdds = network.call(past, leads with { Steps = steps, SampledPixels = sites })[0].ToFloats();
        // Rain that came from where no radar looks says nothing of forecasts of rain that was seen.
        var unseen = aligned[newest].isnan();
        var truth = stack(steps.Select(step => sites.Of(aligned[newest + step].masked_fill(unseen, float.NaN).unsqueeze(0).unsqueeze(0), 2,
            3))).ToFloats();
        return Fit(logOdds, truth, thresholds);
    }

    private static Recalibration? Fit(float[] logOdds, float[] truth, IReadOnlyList<float> thresholds)
    {
        var (count, kept) = (thresholds.Count, 0);
        for (var row = 0; row < truth.Length; row++)
        {
            if (float.IsNaN(truth[row]) || logOdds[row * count] < Dry)
                continue;
            truth[kept] = truth[row];
            Array.Copy(logOdds, row * count, logOdds, kept * count, count);
            kept++;
        }
        return Recalibration.Fit(logOdds.AsSpan(0, kept * count), truth.AsSpan(0, kept), thresholds);
    }
}
