using ConvLstm.Nowcast.Ingest.Formats.Archives;
using ConvLstm.Nowcast.Ingest.Formats.Polar;
using ConvLstm.Nowcast.Ingest.Formats.Radolan;
using ConvLstm.Nowcast.Ingest.Formats.Rasters;
using ConvLstm.Nowcast.Ingest.Gdal;
using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>Opens radar files, whatever their format and name.</summary>
public static class RadarFormats
{
    private const string Kinds = "give a radar file of a kind that ops/docs/formats.md names";

    // Those with a mark of their own come first; CF-NetCDF takes whatever has a rain variable.
    private static readonly IRadarFormat[] Known =
        [new KnmiVolumeFormat(), new KnmiHdf5Format(), new OdimPolarFormat(), new OdimH5Format(), new CfRadialFormat(),
            new CfNetCdfFormat()];

    private static readonly IRadarFileFormat[] Others =
        [new RadolanFormat(), new GribFormat(), new GeoTiffFormat(), new FmiGreyMapFormat(), new PictureFormat()];

    /// <summary>Opens a file of any known format, in an archive or not.</summary>
    /// <exception cref="RadarFileException">The file is no radar file, damaged, or does not say what is needed.</exception>
    /// <exception cref="ReportedException">There is no such file, or no right to read it.</exception>
    public static RadarFile Open(string path, RadarReadOptions? options = null) => Open(path, path, options);

    /// <summary>The same as a <see cref="RadarFileOpener"/>: in this process, for files that are trusted.</summary>
    public static RadarFile Open(string path, RadarReadOptions? options, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Open(path, options);
    }

    /// <summary>Opens a copy of a file.</summary>
    /// <param name="location">Where the file is.</param>
    /// <param name="path">What errors call it.</param>
    /// <param name="options">What its source leaves open.</param>
    /// <exception cref="RadarFileException">As above.</exception>
    public static RadarFile Open(string location, string path, RadarReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(location);
        return Open(location, path, options ?? RadarReadOptions.Default, ArchiveFile.MostLevels, new UnpackingBudget(path));
    }

    /// <param name="location">Where the file is.</param>
    /// <param name="path">What errors call it.</param>
    /// <param name="options">What its source leaves open.</param>
    /// <param name="levels">How many archives may still be in each other.</param>
    /// <param name="budget">Of what they are unpacked to.</param>
    internal static RadarFile Open(string location, string path, RadarReadOptions options, int levels, UnpackingBudget budget)
    {
        var kind = ReadKind(location, path);
        if (ArchiveFile.Recognises(kind) && levels > 0)
            return ArchiveFile.Open(location, path, kind, options, levels - 1, budget);
        return kind is FileKind.Hdf5 or FileKind.ClassicNetCdf ? OpenNetCdf(location, path, kind, options)
            : OpenOther(location, path, kind, options);
    }

    internal static RadarFileException Damaged(string path, Exception e) => e is NetCdfException { IsRefusal: true } refusal
        ? new(path, refusal.Reason, "publish it as one plain file that holds all of its data", e)
        : new(path, $"it cannot be read ({(e as NetCdfException)?.Reason ?? e.Message.TrimEnd('.')})",
            "it is damaged or cut short, fetch it again", e);

    private static FileKind ReadKind(string location, string path)
    {
        try
        {
            return FileKinds.Read(location);
        }
        catch (IOException e)
        {
            throw new ReportedException($"{path}: it cannot be opened ({e.Message}); check that it is a file and may be read.", e);
        }
    }

    private static RadarFile OpenOther(string location, string path, FileKind kind, RadarReadOptions options)
    {
        var format = Others.FirstOrDefault(f => f.Recognises(kind, location))
            ?? throw new RadarFileException(path, $"it is {FileKinds.Describe(kind)}, which is not read", Kinds);
        try
        {
            var contents = format.Describe(location, path, options);
            return new RadarFile(path, format.Name, contents, [], contents.Source);
        }
        catch (Exception e) when (e is GdalException or EndOfStreamException)
        {
            throw Damaged(path, e);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw Unclear(path, e);
        }
    }

    private static RadarFile OpenNetCdf(string location, string path, FileKind kind, RadarReadOptions options)
    {
        if (kind == FileKind.ClassicNetCdf && !ClassicHeader.IsComplete(location))
            throw new RadarFileException(path, "it is shorter than its header says", "it is damaged or cut short, fetch it again");
        NetCdfFile? file = null;
        // One turn at the library for all that is asked of it: threads that took it call by call would mostly wake each other up.
        using var turn = NativeNetCdf.Enter();
        try
        {
            file = NetCdfFile.Open(location, path);
            var format = Known.FirstOrDefault(f => f.Recognises(file))
                ?? throw new RadarFileException(path, "it holds no rain rate, accumulation or reflectivity on a grid", Kinds);
            return new RadarFile(path, format.Name, format.Describe(file, options), file.Notes, file);
        }
        catch (Exception e)
        {
            file?.Dispose();
            if (e is NetCdfException damage)
                throw Damaged(path, damage);
            if (e is FormatException or OverflowException)
                throw Unclear(path, e);
            throw;
        }
    }

    private static RadarFileException Unclear(string path, Exception e) =>
        new(path, e.Message.TrimEnd('.'), "ask its publisher, or set what is missing for this source with a source profile (--source)", e);
}
