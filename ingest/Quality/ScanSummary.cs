namespace ConvLstm.Nowcast.Ingest.Quality;

/// <summary>The first look at a scan: how much was observed, how much of that is wet, and the range of the rain.</summary>
/// <param name="MissingShare">Not observed pixels of all, 0 to 1.</param>
/// <param name="WetShare">Pixels above <see cref="WetAbove"/> of the observed ones, 0 to 1; 0 where nothing was observed.</param>
/// <param name="MinMmH">The smallest observed rate; null where nothing was observed.</param>
/// <param name="MeanMmH">The mean over observed pixels, dry ones included; null where nothing was observed.</param>
/// <param name="MaxMmH">The largest observed rate; null where nothing was observed.</param>
public sealed record ScanSummary(double MissingShare, double WetShare, double? MinMmH, double? MeanMmH, double? MaxMmH)
{
    /// <summary>A pixel counts as wet above this, in mm/h.</summary>
    public const float WetAbove = 0.1f;

    public static ScanSummary Of(RadarFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return Of(frame.RainRate);
    }

    /// <param name="rainRate">mm/h; NaN where not observed.</param>
    public static ScanSummary Of(ReadOnlySpan<float> rainRate)
    {
        var (observed, wet, sum) = (0, 0, 0.0);
        var (lowest, highest) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (var rate in rainRate)
        {
            if (float.IsNaN(rate))
                continue;
            observed++;
            sum += rate;
            if (rate > WetAbove)
                wet++;
            if (rate < lowest)
                lowest = rate;
            if (rate > highest)
                highest = rate;
        }
        var missing = rainRate.IsEmpty ? 0 : 1 - ((double)observed / rainRate.Length);
        return observed == 0
            ? new ScanSummary(missing, 0, null, null, null)
            : new ScanSummary(missing, (double)wet / observed, lowest, sum / observed, highest);
    }
}
