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
}
