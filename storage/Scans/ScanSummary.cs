using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Storage.Scans;

/// <summary>What a scan looks like in five numbers.</summary>
/// <param name="MissingShare">Share of pixels that were not observed, 0 to 1.</param>
/// <param name="WetShare">Share of the observed pixels above 0.1 mm/h, 0 to 1.</param>
/// <param name="MinMmH">Over the observed pixels; null where there are none, as are the next two.</param>
/// <param name="MeanMmH">Over the observed pixels.</param>
/// <param name="MaxMmH">Over the observed pixels.</param>
public sealed record ScanSummary(double MissingShare, double WetShare, float? MinMmH, double? MeanMmH, float? MaxMmH)
{
    /// <summary>A pixel is wet above this rate, in mm/h.</summary>
    public const float Wet = 0.1f;

    /// <exception cref="ReportedException">A rate is negative or infinite: the reader of that file is wrong.</exception>
    public static ScanSummary Of(RadarFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        long observed = 0, wet = 0;
        var sum = 0.0;
        var (min, max) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (var rate in frame.RainRate)
        {
            if (float.IsNaN(rate))
                continue;
            observed++;
            sum += rate;
            min = Math.Min(min, rate);
            max = Math.Max(max, rate);
            if (rate > Wet)
                wet++;
        }
        if (observed > 0 && (min < 0 || float.IsInfinity(max)))
        {
            throw new ReportedException(
                $"The scan of {frame.Grid.Name} at {frame.ValidTime:yyyy-MM-ddTHH:mm:ssZ} holds rates from {min} to {max} mm/h; 0 and more, or NaN for not observed, is what a scan may hold.");
        }
        var missing = 1 - ((double)observed / frame.RainRate.Length);
        return observed == 0
            ? new ScanSummary(1, 0, null, null, null)
            : new ScanSummary(missing, (double)wet / observed, min, sum / observed, max);
    }
}
