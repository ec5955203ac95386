using ConvLstm.Nowcast.Ingest.Formats;

namespace ConvLstm.Nowcast.Ingest.Sequences;

/// <summary>
/// A scan that may still lie in its file: what is known of it without reading its pixels. A year of scans fits in memory this way.
/// </summary>
public interface IScan
{
    RadarGrid Grid { get; }

    /// <summary>UTC.</summary>
    DateTimeOffset ValidTime { get; }

    /// <summary>Where it comes from, for reports: a file, with the index of the scan where the file has several.</summary>
    string Source { get; }

    /// <summary>True for a scan that was made up.</summary>
    bool IsInterpolated => false;

    /// <summary>Reads the pixels, anew each time.</summary>
    /// <exception cref="RadarFileException">The file is gone or damaged.</exception>
    RadarFrame Read(CancellationToken cancellation = default);
}

/// <summary>A scan in memory.</summary>
public sealed class FrameScan(RadarFrame frame, string source = "memory") : IScan
{
    public RadarGrid Grid => frame.Grid;

    public DateTimeOffset ValidTime => frame.ValidTime;

    public string Source => source;

    public bool IsInterpolated => frame.IsInterpolated;

    public RadarFrame Read(CancellationToken cancellation = default) => frame;
}

/// <summary>A scan in a radar file, which is opened for each reading.</summary>
public sealed class FileScan : IScan
{
    private readonly RadarReadOptions? _options;
    private readonly RadarFileOpener _open;

    internal FileScan(RadarFile file, int index, RadarReadOptions? options, RadarFileOpener open)
    {
        _open = open;
        Path = file.Path;
        Index = index;
        Grid = file.Grid;
        ValidTime = file.ValidTimes[index];
        Source = file.ValidTimes.Count == 1 ? Path : $"{Path}[{index}]";
        _options = options;
    }

    public string Path { get; }

    /// <summary>The place of the scan in its file.</summary>
    public int Index { get; }

    public RadarGrid Grid { get; }

    public DateTimeOffset ValidTime { get; }

    public string Source { get; }

    public RadarFrame Read(CancellationToken cancellation = default)
    {
        using var file = _open(Path, _options, cancellation);
        if (Index >= file.ValidTimes.Count || file.ValidTimes[Index] != ValidTime)
            throw new RadarFileException(Path, $"the scan of {ValidTime:u} is not in it any more",
                "start again, the file was changed meanwhile");
        return file.Read(Index);
    }
}
