using ConvLstm.Nowcast.Ingest.Formats.Sources;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>What a source of radar files needs to be told that its files do not say; null leaves it to the file.</summary>
public sealed record RadarReadOptions
{
    public static RadarReadOptions Default { get; } = new();

    /// <summary>How reflectivity becomes rain; what the file says, or Marshall and Palmer, where null.</summary>
    public ZRelation? ZRelation { get; init; }

    /// <summary>The period of an accumulation.</summary>
    public TimeSpan? AccumulationPeriod { get; init; }

    /// <summary>The variable to read, where the file has several.</summary>
    public string? Variable { get; init; }

    /// <summary>A PROJ string, where the file has projected coordinates and no grid mapping.</summary>
    public string? Projection { get; init; }

    /// <summary>The name of the grid, where the one made from its geometry is not wanted.</summary>
    public string? GridName { get; init; }

    /// <summary>Which of several products on one grid it is; part of the name by which the grid goes then.</summary>
    public string? Product { get; init; }

    /// <summary>Where the time stands in the name of a file, such as <c>AQC%y%j%H%M</c>.</summary>
    public string? TimePattern { get; init; }

    /// <summary>Where the pixels lie, where the file does not say.</summary>
    public SourceGrid? Grid { get; init; }

    /// <summary>What the values or colours of the pixels mean, where the file does not say.</summary>
    public PixelLegend? Legend { get; init; }

    /// <summary>Polar data: what the beam saw higher than so many metres above the sea is missing.</summary>
    public double? HeightLimitMetres { get; init; }
}
