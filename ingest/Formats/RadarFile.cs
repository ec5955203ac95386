using ConvLstm.Nowcast.Ingest.Gdal;
using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>
/// An open radar file: what it holds, and its scans as frames in mm/h. May be read from several threads, which take turns.
/// </summary>
public sealed class RadarFile : IDisposable
{
    private readonly List<IDisposable?> _held;
    private readonly IReadOnlyList<IStoredScan> _scans;

    /// <param name="path">What errors call it.</param>
    /// <param name="format">What it is.</param>
    /// <param name="contents">What is in it.</param>
    /// <param name="notes">What was noticed before its contents were looked at.</param>
    /// <param name="held">What is closed or deleted with it, in that order.</param>
    internal RadarFile(string path, string format, RadarContents contents, IReadOnlyList<string> notes, params IDisposable?[] held)
    {
        Path = path;
        Format = format;
        Quantity = contents.Quantity;
        Units = contents.Units;
        Grid = contents.Grid;
        From = contents.From;
        Notes = [.. notes, .. contents.Notes];
        ValidTimes = contents.Scans.Select(s => s.ValidTime).ToArray();
        Leads = contents.Scans.Select(s => s.Lead).ToArray();
        _held = [.. held];
        _scans = contents.Scans;
    }

    public string Path { get; }

    /// <summary>CF-NetCDF, KNMI HDF5, ODIM_H5, RADOLAN, GRIB, GeoTIFF …</summary>
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

    /// <summary>How far each scan is ahead of what was observed: zero for an observation, more for a forecast of the service.</summary>
    public IReadOnlyList<TimeSpan> Leads { get; }

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
