using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>An open radar file: what it holds, and its scans as frames in mm/h. May be read from several threads, which take turns.</summary>
public sealed class RadarFile : IDisposable
{
    private readonly NetCdfFile _file;
    private readonly TemporaryCopy? _copy;
    private readonly IReadOnlyList<ScanSlab> _scans;

    internal RadarFile(string path, string format, NetCdfFile file, TemporaryCopy? copy, RadarContents contents)
    {
        Path = path;
        Format = format;
        Quantity = contents.Quantity;
        Units = contents.Units;
        Grid = contents.Grid;
        From = contents.From;
        Notes = [.. file.Notes, .. contents.Notes];
        ValidTimes = contents.Scans.Select(s => s.ValidTime).ToArray();
        _file = file;
        _copy = copy;
        _scans = contents.Scans;
    }

    public string Path { get; }

    /// <summary>CF-NetCDF, KNMI HDF5 or ODIM_H5.</summary>
    public string Format { get; }

    public RainQuantity Quantity { get; }

    /// <summary>The units as they stand in the file.</summary>
    public string Units { get; }

    public RadarGrid Grid { get; }

    /// <summary>Which rule gave grid, time, quantity and period.</summary>
    public ReadingRules From { get; }

    /// <summary>What was left out or decided on the way, a line each, for a person; empty where all was plain.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The valid time of each scan in the file's order, UTC; of an accumulation the end of its period.</summary>
    public IReadOnlyList<DateTimeOffset> ValidTimes { get; }

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
            _scans[index].Read(Grid, rainRate);
        }
        catch (NetCdfException e)
        {
            throw RadarFormats.Damaged(Path, e);
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _copy?.Dispose();
    }
}
