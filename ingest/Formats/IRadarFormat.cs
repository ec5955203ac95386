using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>One way in which services publish radar scans. A format recognises a file by what is in it and says where its scans are.</summary>
internal interface IRadarFormat
{
    /// <summary>What reports call it.</summary>
    string Name { get; }

    bool Recognises(NetCdfFile file);

    /// <exception cref="RadarFileException">Something that is needed is absent or contradicts itself.</exception>
    /// <exception cref="FormatException">A text in the file cannot be understood.</exception>
    RadarContents Describe(NetCdfFile file, RadarReadOptions options);
}

/// <summary>What a format found in a file.</summary>
internal sealed record RadarContents(RainQuantity Quantity, string Units, RadarGrid Grid, IReadOnlyList<ScanSlab> Scans, ReadingRules From)
{
    /// <summary>What was left out or decided on the way, a line each, for a person.</summary>
    internal IReadOnlyList<string> Notes { get; init; } = [];
}
