using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>
/// One way in which services publish radar scans in NetCDF or HDF5. A format recognises a file by what is in it and says where its scans
/// are.
/// </summary>
internal interface IRadarFormat
{
    /// <summary>What reports call it.</summary>
    string Name { get; }

    bool Recognises(NetCdfFile file);

    /// <exception cref="RadarFileException">Something that is needed is absent or contradicts itself.</exception>
    /// <exception cref="FormatException">A text in the file cannot be understood.</exception>
    RadarContents Describe(NetCdfFile file, RadarReadOptions options);
}

/// <summary>One way in which services publish radar scans in files of their own kind.</summary>
internal interface IRadarFileFormat
{
    /// <summary>What reports call it.</summary>
    string Name { get; }

    /// <param name="kind">What the file is by its first bytes.</param>
    /// <param name="location">Where it is, for kinds that several formats share.</param>
    bool Recognises(FileKind kind, string location);

    /// <param name="location">Where the file is.</param>
    /// <param name="name">Its path as people know it, from whose name a source may take the time.</param>
    /// <param name="options">What its source leaves open.</param>
    /// <exception cref="FormatException">Something that is needed is absent, damaged or contradicts itself.</exception>
    RadarContents Describe(string location, string name, RadarReadOptions options);
}

/// <summary>What a format found in a file.</summary>
internal sealed record RadarContents(RainQuantity Quantity, string Units, RadarGrid Grid, IReadOnlyList<IStoredScan> Scans,
    ReadingRules From)
{
    /// <summary>What was left out or decided on the way, a line each, for a person.</summary>
    internal IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What stays open until the last scan is read; null where nothing does.</summary>
    internal IDisposable? Source { get; init; }
}
