namespace ConvLstm.Nowcast.Ingest;

/// <summary>
/// One scan: the rain rate on a grid at one time. Three states that are never mixed: NaN is not observed,
/// 0 is observed and dry, above 0 is rain.
/// </summary>
public sealed class RadarFrame
{
    /// <param name="grid">Where the pixels lie.</param>
    /// <param name="validTime">When the scan holds; for an accumulation the end of its period. UTC.</param>
    /// <param name="rainRate">mm/h, row-major, <c>grid.Height × grid.Width</c>; kept, not copied.</param>
    /// <exception cref="ArgumentException">The array does not have a value for each pixel, or the time is not UTC.</exception>
    public RadarFrame(RadarGrid grid, DateTimeOffset validTime, float[] rainRate)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentNullException.ThrowIfNull(rainRate);
        if (rainRate.Length != grid.PixelCount)
            throw new ArgumentException($"{rainRate.Length} values do not fill a {grid.Height}×{grid.Width} grid.", nameof(rainRate));
        if (validTime.Offset != TimeSpan.Zero)
            throw new ArgumentException($"The valid time {validTime:O} is not UTC.", nameof(validTime));
        Grid = grid;
        ValidTime = validTime;
        RainRate = rainRate;
    }

    /// <summary>Where the pixels lie.</summary>
    public RadarGrid Grid { get; }

    /// <summary>When the scan holds, UTC; in a sequence the regular time next to it.</summary>
    public DateTimeOffset ValidTime { get; }

    /// <summary>When the scan holds as its file says, UTC, where a sequence moved it to the regular time.</summary>
    public DateTimeOffset ScanTime { get => field == default ? ValidTime : field; init; }

    /// <summary>mm/h, row-major; NaN where not observed.</summary>
    public float[] RainRate { get; }

    /// <summary>True where a scan was made up between two observed ones instead of observed.</summary>
    public bool IsInterpolated { get; init; }
}
