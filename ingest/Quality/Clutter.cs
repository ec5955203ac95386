namespace ConvLstm.Nowcast.Ingest.Quality;

/// <summary>
/// Single pixels above any rate of rain, such as a ship or a wind turbine makes them: not observed, rather than a reason to lose the scan
/// or its forecast.
/// </summary>
public static class Clutter
{
    /// <summary>
    /// The scan without such pixels, and how many there were; the same scan where there is none or where they are too many to be clutter.
    /// </summary>
    public static (RadarFrame Frame, int Pixels) Remove(RadarFrame frame, QualityOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(frame);
        options ??= QualityOptions.Default;
        var limit = (float)options.LargestRateMmH;
        var (observed, above) = (0, 0);
        foreach (var rate in frame.RainRate)
        {
            if (!float.IsNaN(rate))
                observed++;
            if (rate > limit)
                above++;
        }
        if (above == 0 || above > options.ShareAboveLargest * observed)
            return (frame, 0);
        var rain = (float[])frame.RainRate.Clone();
        for (var i = 0; i < rain.Length; i++)
        {
            if (rain[i] > limit)
                rain[i] = float.NaN;
        }
        return (new RadarFrame(frame.Grid, frame.ValidTime, rain) { IsInterpolated = frame.IsInterpolated }, above);
    }
}
