namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>What a radar file holds, without its pixels.</summary>
public sealed record RadarFileContents
{
    /// <summary>CF-NetCDF, KNMI HDF5, ODIM_H5, RADOLAN, GRIB, GeoTIFF …</summary>
    public required string Format { get; init; }

    public required RainQuantity Quantity { get; init; }

    /// <summary>The units as they stand in the file.</summary>
    public required string Units { get; init; }

    public required RadarGrid Grid { get; init; }

    /// <summary>Which rule gave grid, time, quantity and period.</summary>
    public required ReadingRules From { get; init; }

    /// <summary>What was left out or decided on the way, a line each, for a person; empty where all was plain.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The valid time of each scan in the file's order, UTC; of an accumulation the end of its period.</summary>
    public required IReadOnlyList<DateTimeOffset> ValidTimes { get; init; }

    /// <summary>How far each scan is ahead of what was observed: zero for an observation, more for a forecast of the service.</summary>
    public required IReadOnlyList<TimeSpan> Leads { get; init; }
}
