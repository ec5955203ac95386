using ConvLstm.Nowcast.Verification;

namespace ConvLstm.Nowcast.Studies.Radar;

/// <summary>
/// Sums of the scores of one method, situation and lead on the pixels whose air was observed: enough to add situations up, and small
/// enough to keep.
/// </summary>
/// <param name="Hits">By threshold.</param>
/// <param name="Misses">By threshold.</param>
/// <param name="FalseAlarms">By threshold.</param>
/// <param name="FractionsDifference">By threshold of the fractions skill score, then scale.</param>
/// <param name="FractionsReference">The same.</param>
/// <param name="Pixels">Compared.</param>
/// <param name="Crps">Sum, mm/h.</param>
/// <param name="Absolute">Sum of the absolute errors of the mean rate, mm/h.</param>
/// <param name="Squared">Sum of their squares.</param>
/// <param name="Forecast">Sum of the mean rates.</param>
/// <param name="Observed">Sum of the observed rates.</param>
/// <param name="Bins">By threshold, for each of the reliability diagram: pixels, sum of probabilities, pixels with the event.</param>
public sealed record LeadSums(
    IReadOnlyList<long> Hits, IReadOnlyList<long> Misses, IReadOnlyList<long> FalseAlarms, IReadOnlyList<double> FractionsDifference,
    IReadOnlyList<double> FractionsReference,
    long Pixels, double Crps, double Absolute, double Squared, double Forecast, double Observed,
        IReadOnlyList<IReadOnlyList<ReliabilitySums>> Bins)
{
    /// <summary>Thresholds of the contingency scores, mm/h.</summary>
    public static IReadOnlyList<float> Thresholds { get; } = [0.5f, 1, 2, 5, 10];

    /// <summary>Thresholds of the fractions skill score, mm/h, and sides of its boxes, km.</summary>
    public static IReadOnlyList<float> FractionsThresholds { get; } = [1, 5];

    public static IReadOnlyList<double> FractionsKilometres { get; } = [10, 20];

    internal static LeadSums Of(RainForecast forecast, int lead, float[] observed, bool[] mask)
    {
        float[] Said(float[] values) => Array.ConvertAll(values, v => float.IsNaN(v) ? 0 : v);
        var (rate, mean) = (Said(forecast.RainRate[lead]), Said(forecast.MeanRate[lead]));
        var ladder = forecast.ExceedanceProbability.Select(p => Said(p[lead])).ToArray();
        var tables = Thresholds.Select(Contingency.Init).ToArray();
        foreach (var table in tables)
            table.Accumulate(rate, observed, mask);
        var pixel = PixelSize.SideKilometres(forecast.Grid);
        int[] boxes = [.. FractionsKilometres.Select(km => (2 * (int)Math.Round(((km / pixel) - 1) / 2)) + 1)];
        var fractions = FractionsThresholds.Select(t => FractionsSkill.Init(t, Array.ConvertAll(boxes, b => Math.Max(1, b)))).ToArray();
        foreach (var one in fractions)
            one.Accumulate(forecast.Grid.Width, rate, observed, mask);
        var crps = ThresholdCrps.Init([.. forecast.Thresholds]);
        crps.Accumulate(ladder, observed, mask);
        var probabilities = forecast.Thresholds.Select(t => ProbabilityScore.Init(t)).ToArray();
        for (var t = 0; t < probabilities.Length; t++)
            probabilities[t].Accumulate(ladder[t], observed, mask);
        var (pixels, absolute, squared, sum, came) = (0L, 0.0, 0.0, 0.0, 0.0);
        for (var i = 0; i < mask.Length; i++)
        {
            if (!mask[i])
                continue;
            var error = mean[i] - observed[i];
            (pixels, absolute, squared, sum, came) =
                (pixels + 1, absolute + Math.Abs(error), squared + (error * error), sum + mean[i], came + observed[i]);
        }
        return new(
            [.. tables.Select(t => t.Hits)], [.. tables.Select(t => t.Misses)], [.. tables.Select(t => t.FalseAlarms)],
            [.. fractions.SelectMany(f => f.Sums.Select(s => s.Difference))],
            [.. fractions.SelectMany(f => f.Sums.Select(s => s.Reference))],
            pixels, crps.Sum, absolute, squared, sum, came,
            [.. probabilities.Select(p =>
                (IReadOnlyList<ReliabilitySums>)[.. p.Bins.Select(b => new ReliabilitySums(b.Count, b.SumProbability, b.Events))])]);
    }
}

/// <summary>One bin of a reliability diagram.</summary>
public sealed record ReliabilitySums(long Count, double Probability, long Events);

/// <summary>The scores of all methods on one situation.</summary>
/// <param name="Event">The number of its event.</param>
/// <param name="Grid">The name of its grid.</param>
/// <param name="IssueTime">Its newest scan.</param>
/// <param name="StepMinutes">Between two leads.</param>
/// <param name="Methods">By method, then lead.</param>
public sealed record CaseScores(int Event, string Grid, DateTimeOffset IssueTime, double StepMinutes,
    IReadOnlyDictionary<string, IReadOnlyList<LeadSums>> Methods);
