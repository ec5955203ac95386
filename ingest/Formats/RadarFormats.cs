using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>Opens radar files, whatever their format and name.</summary>
public static class RadarFormats
{
    // Those with a mark of their own come first; CF-NetCDF takes whatever has a rain variable.
    private static readonly IRadarFormat[] Known = [new KnmiHdf5Format(), new OdimH5Format(), new CfNetCdfFormat()];

    /// <summary>Opens a file of any known format, gzip-compressed or not.</summary>
    /// <exception cref="RadarFileException">The file is no radar file, damaged, or does not say what is needed.</exception>
    /// <exception cref="ReportedException">There is no such file, or no right to read it.</exception>
    public static RadarFile Open(string path, RadarReadOptions? options = null) => Open(path, path, options);

    /// <summary>Opens a copy of a file.</summary>
    /// <param name="location">Where the file is.</param>
    /// <param name="path">What errors call it.</param>
    /// <param name="options">What its source leaves open.</param>
    /// <exception cref="RadarFileException">As above.</exception>
    public static RadarFile Open(string location, string path, RadarReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(location);
        var kind = ReadKind(location, path);
        if (kind != FileKind.Gzip)
            return Open(path, location, kind, null, options ?? RadarReadOptions.Default);
        var copy = TemporaryCopy.Decompress(location, path);
        try
        {
            return Open(path, copy.Path, ReadKind(copy.Path, path), copy, options ?? RadarReadOptions.Default);
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    internal static RadarFileException Damaged(string path, NetCdfException e) => e.IsRefusal
        ? new(path, e.Reason, "publish it as one plain file that holds all of its data", e)
        : new(path, $"it cannot be read ({e.Reason})", "it is damaged or cut short, fetch it again", e);

    private static FileKind ReadKind(string location, string path)
    {
        try
        {
            return FileKinds.Read(location);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ReportedException($"{path}: there is no such file; check the path.", e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new ReportedException($"{path}: it cannot be opened ({e.Message}); check that it is a file and may be read.", e);
        }
    }

    private static RadarFile Open(string path, string location, FileKind kind, TemporaryCopy? copy, RadarReadOptions options)
    {
        if (kind is not (FileKind.Hdf5 or FileKind.ClassicNetCdf))
            throw new RadarFileException(path, $"it is {FileKinds.Describe(kind)}, not NetCDF or HDF5", "give a radar file of CF-NetCDF, ODIM_H5 or KNMI HDF5");
        if (kind == FileKind.ClassicNetCdf && !ClassicHeader.IsComplete(location))
            throw new RadarFileException(path, "it is shorter than its header says", "it is damaged or cut short, fetch it again");
        NetCdfFile? file = null;
        // One turn at the library for all that is asked of it: threads that took it call by call would mostly wake each other up.
        using var turn = NativeNetCdf.Enter();
        try
        {
            file = NetCdfFile.Open(location, path);
            var format = Known.FirstOrDefault(f => f.Recognises(file))
                ?? throw new RadarFileException(path, "it holds no rain rate, accumulation or reflectivity on a grid",
                    "give a radar composite of CF-NetCDF, ODIM_H5 or KNMI HDF5");
            return new RadarFile(path, format.Name, file, copy, format.Describe(file, options));
        }
        catch (Exception e)
        {
            file?.Dispose();
            if (e is NetCdfException damage)
                throw Damaged(path, damage);
            if (e is FormatException or OverflowException)
                throw new RadarFileException(path, e.Message.TrimEnd('.'), "ask its publisher, or set what is missing for this source", e);
            throw;
        }
    }
}
