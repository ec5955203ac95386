using ConvLstm.Nowcast.Ingest.Gdal;
using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>
/// An open radar file: what it holds, and its scans as frames in mm/h. May be read from several threads, which take turns.
/// </summary>
public sealed class RadarFile : IDisposable
{
    private readonly List<IDisposable?> _held;
    private readonly ScanReading _read;

    /// <param name="path">What errors call it.</param>
    /// <param name="contents">What is in it.</param>
    /// <param name="read">Reads its scans.</param>
    /// <param name="held">What is closed or deleted with it, in that order.</param>
    public RadarFile(string path, RadarFileContents contents, ScanReading read, params IDisposable?[] held)
    {
        Path = path;
        Contents = contents;
        _read = read;
        _held = [.. held];
    }

    /// <param name="path">What errors call it.</param>
    /// <param name="format">What it is.</param>
    /// <param name="contents">What is in it.</param>
    /// <param name="notes">What was noticed before its contents were looked at.</param>
    /// <param name="held">What is closed or deleted with it, in that order.</param>
    internal RadarFile(string path, string format, RadarContents contents, IReadOnlyList<string> notes, params IDisposable?[] held)
        : this(path, new RadarFileContents
        {
            Format = format,
            Quantity = contents.Quantity,
            Units = contents.Units,
            Grid = contents.Grid,
            From = contents.From,
            Notes = [.. notes, .. contents.Notes],
            ValidTimes = contents.Scans.Select(s => s.ValidTime).ToArray(),
            Leads = contents.Scans.Select(s => s.Lead).ToArray(),
        }, (index, rainRate) => contents.Scans[index].Read(contents.Grid, rainRate), held)
    {
    }

    public string Path { get; }

    /// <inheritdoc cref="RadarFileContents.Format"/>
    public string Format => Contents.Format;

    public RainQuantity Quantity => Contents.Quantity;

    /// <inheritdoc cref="RadarFileContents.Units"/>
    public string Units => Contents.Units;

    public RadarGrid Grid => Contents.Grid;

    /// <inheritdoc cref="RadarFileContents.From"/>
    public ReadingRules From => Contents.From;

    /// <inheritdoc cref="RadarFileContents.Notes"/>
    public IReadOnlyList<string> Notes => Contents.Notes;

    /// <inheritdoc cref="RadarFileContents.ValidTimes"/>
    public IReadOnlyList<DateTimeOffset> ValidTimes => Contents.ValidTimes;

    /// <inheritdoc cref="RadarFileContents.Leads"/>
    public IReadOnlyList<TimeSpan> Leads => Contents.Leads;

    /// <summary>All of that.</summary>
    public RadarFileContents Contents { get; }

    /// <summary>The scan at an index of <see cref="ValidTimes"/>, in mm/h.</summary>
    /// <exception cref="RadarFileException">The data of the scan are damaged.</exception>
    public RadarFrame Read(int index)
    {
        var rainRate = GC.AllocateUninitializedArray<float>(Grid.PixelCount);
        Read(index, rainRate);
        return new RadarFrame(Grid, ValidTimes[index], rainRate);
    }

    /// <summary>The scan into memory of the caller's: row-major mm/h, row 0 north, NaN where not observed.</summary>
    /// <exception cref="RadarFileException">The data of the scan are damaged.</exception>
    public void Read(int index, Span<float> rainRate)
    {
        if (rainRate.Length != Grid.PixelCount)
            throw new ArgumentException($"{rainRate.Length} values do not hold a {Grid.Height}×{Grid.Width} scan.", nameof(rainRate));
        try
        {
            _read(index, rainRate);
        }
        catch (NetCdfException e)
        {
            throw RadarFormats.Damaged(Path, e);
        }
        catch (Exception e) when (e is GdalException or FormatException or EndOfStreamException)
        {
            throw RadarFormats.Damaged(Path, e);
        }
    }

    /// <summary>The same file, which now also disposes what it was unpacked to.</summary>
    internal RadarFile Holding(IDisposable part)
    {
        _held.Add(part);
        return this;
    }

    public void Dispose()
    {
        foreach (var part in _held)
            part?.Dispose();
    }
}
