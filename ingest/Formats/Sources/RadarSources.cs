namespace ConvLstm.Nowcast.Ingest.Formats.Sources;

/// <summary>The source profiles that hold for a run of the program; the first that matches a file holds for it.</summary>
/// <param name="Profiles">In the order in which they were given.</param>
/// <param name="GridName">A name for the grid of every file, over what profiles say; null leaves it to them.</param>
/// <param name="Product">The same for the product.</param>
public sealed record RadarSources(IReadOnlyList<SourceProfile> Profiles, string? GridName = null, string? Product = null)
{
    /// <summary>No source needs to be told anything.</summary>
    public static RadarSources None { get; } = new([]);

    /// <param name="paths">Profiles, or folders of them (<c>*.json</c>).</param>
    /// <param name="gridName">As above.</param>
    /// <param name="product">As above.</param>
    /// <exception cref="ReportedException">A profile is not there or is none.</exception>
    public static RadarSources Load(IEnumerable<string> paths, string? gridName = null, string? product = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var files = paths.SelectMany(p => Directory.Exists(p) ? Directory.GetFiles(p, "*.json").Order(StringComparer.Ordinal)
            : (IEnumerable<string>)[p]);
        return new RadarSources([.. files.Select(SourceProfile.Load)], gridName, product);
    }

    /// <summary>What holds for a file.</summary>
    public RadarReadOptions For(string path)
    {
        var options = Profiles.FirstOrDefault(p => p.Matches(path))?.Options() ?? RadarReadOptions.Default;
        return GridName is null && Product is null ? options
            : options with { GridName = GridName ?? options.GridName, Product = Product ?? options.Product };
    }
}
