using ConvLstm.Nowcast.Ingest.Quality;

namespace ConvLstm.Nowcast.Storage.Publishing;

/// <summary>One check of a forecast, as it is kept with the run.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Passed">False keeps the run from consumers.</param>
/// <param name="Found">The value that was found, null where there was nothing to compare with.</param>
/// <param name="Limit">What it was held against, in words.</param>
public sealed record SanityCheck(string Check, bool Passed, double? Found, string Limit);

/// <summary>
/// What a forecast must fulfil before consumers are given it: its numbers can be, and it does not contradict the scan
/// that it starts from. The limits are wide: they catch a broken model or input, not a poor forecast.
/// </summary>
public sealed record ForecastSanity
{
    /// <summary>Above any rain rate that a radar pixel has shown, in mm/h.</summary>
    public float HighestRate { get; init; } = 500;

    /// <summary>No map may hold more than this many times the rain of the newest scan.</summary>
    public double MostGrowth { get; init; } = 5;

    /// <summary>The first map holds at least this share of the rain of the newest scan.</summary>
    public double LeastRemains { get; init; } = 0.1;

    /// <summary>Below this share of wet pixels a scan holds too little rain to compare with.</summary>
    public double RainyScan { get; init; } = 0.01;

    /// <summary>The checks of a forecast, given the newest scan that it was made from (null where the database does not have it).</summary>
    public IReadOnlyList<SanityCheck> Check(RainForecast forecast, ScanSummary? scan)
    {
        ArgumentNullException.ThrowIfNull(forecast);
        var maps = forecast.RainRate.AsParallel().AsOrdered().Select(Look).ToArray();
        var lowest = maps.Min(map => map.Lowest);
        var highest = maps.Max(map => map.Highest);
        var checks = new List<SanityCheck>
        {
            new("finite", maps.All(map => map.Infinite == 0), maps.Sum(map => map.Infinite), "0 infinite rates"),
            new("not negative", !(lowest < 0), Number(lowest), "lowest rate 0 mm/h or more"),
            new("in range", !(highest > HighestRate), Number(highest), $"highest rate {HighestRate} mm/h or less"),
            new("something said", maps.All(map => map.Known > 0), maps.Min(map => map.Known), "at least 1 pixel with a value in each map"),
            Probabilities(forecast),
        };
        if (scan is { MeanMmH: { } mean } && scan.WetShare >= RainyScan)
        {
            // Means over the known pixels, as the radar may see less of one map than of the other.
            var growth = maps.Max(map => map.Mean) / mean;
            var remains = maps[0].Mean / mean;
            checks.Add(new("no more rain than grows", growth <= MostGrowth, growth,
                $"at most {MostGrowth} times the rain of the newest scan"));
            checks.Add(new("not blank while it rains", remains >= LeastRemains, remains,
                $"first map at least {LeastRemains} times the rain of the newest scan"));
        }
        else
        {
            var why = scan is null ? "the newest scan is not in the database" : "the newest scan is nearly dry";
            checks.Add(new("rain against the newest scan", true, null, $"nothing to compare: {why}"));
        }
        return checks;
    }

    private static SanityCheck Probabilities(RainForecast forecast)
    {
        var outside = forecast.ExceedanceProbability.SelectMany(leads => leads).AsParallel().Sum(Outside);
        return new("probabilities from 0 to 1", outside == 0, outside, "0 pixels outside");
    }

    private static long Outside(float[] field)
    {
        var outside = 0L;
        foreach (var probability in field)
        {
            // A rounding error of the last layer is no reason to withhold a forecast.
            if (probability < -0.001f || probability > 1.001f)
                outside++;
        }
        return outside;
    }

    private static (long Known, long Infinite, double Mean, float Lowest, float Highest) Look(float[] field)
    {
        long known = 0, infinite = 0;
        var sum = 0.0;
        var (lowest, highest) = (float.NaN, float.NaN);
        foreach (var rate in field)
        {
            if (float.IsNaN(rate))
                continue;
            if (float.IsInfinity(rate))
            {
                infinite++;
                continue;
            }
            known++;
            sum += rate;
            if (!(rate >= lowest))
                lowest = rate;
            if (!(rate <= highest))
                highest = rate;
        }
        return (known, infinite, known == 0 ? 0 : sum / known, lowest, highest);
    }

    private static double? Number(float value) => float.IsNaN(value) ? null : value;
}
