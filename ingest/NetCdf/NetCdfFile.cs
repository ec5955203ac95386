namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>How a new file is stored.</summary>
public enum NetCdfKind
{
    /// <summary>HDF5 underneath: groups, compression, every type.</summary>
    NetCdf4,

    /// <summary>The classic format of 1989 (CDF-1).</summary>
    Classic,

    /// <summary>The classic layout with 64-bit sizes and unsigned types (CDF-5).</summary>
    Cdf5,
}

/// <summary>
/// An open NetCDF file; plain HDF5 files open too. Safe to use from several threads, which take turns: one lock for the
/// whole process stands before the library. Call <see cref="Close"/> after writing, it reports what could not be written.
/// </summary>
public sealed class NetCdfFile : IDisposable
{
    private readonly int _ncid;
    private readonly Lazy<PlainData?> _plain;
    private UnlinkedCopy? _copy;
    private bool _open = true;

    private NetCdfFile(string path, int ncid, string location)
    {
        Path = path;
        Location = location;
        _ncid = ncid;
        NativeNetCdf.OpenFiles.Opened();
        Root = new NetCdfGroup(this, ncid, "/");
        _plain = new(() => PlainData.ForReading(this));
    }

    /// <summary>The path as it was given: what errors call the file.</summary>
    public string Path { get; }

    /// <summary>The absolute path of the file that was opened.</summary>
    internal string Location { get; }

    /// <summary>True while its data may be read around the library: a file that this program is writing may still be in memory.</summary>
    internal bool IsReadOnly { get; private init; }

    /// <summary>What was left out on opening, a line each.</summary>
    internal IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>The group that holds all others.</summary>
    public NetCdfGroup Root { get; }

    /// <summary>Reads variables of the root another way than the library; null where there is none.</summary>
    internal PlainData? Plain => _plain.Value;

    /// <param name="path">The file.</param>
    /// <param name="name">What errors call it, where that is not its path (a copy of another file).</param>
    /// <exception cref="NetCdfException">The file is absent, not NetCDF or HDF5, or damaged.</exception>
    public static NetCdfFile Open(string path, string? name = null)
    {
        // An absolute path is never taken for an address, which libnetcdf would fetch from the network.
        var location = System.IO.Path.GetFullPath(path);
        using (NativeNetCdf.Enter())
        {
            UnlinkedCopy? copy = null;
            try
            {
                IReadOnlyList<string> dead;
                int status, ncid;
                // Open until libnetcdf has opened it too: it then reads nothing twice.
                using (var looked = SelfContainedFile.Open(location, name ?? path))
                {
                    dead = SelfContainedFile.Check(looked, name ?? path);
                    if (dead.Count > 0)
                        copy = UnlinkedCopy.Make(location, name ?? path, dead);
                    status = NativeNetCdf.nc_open(copy?.Location ?? location, NativeNetCdf.ModeNoWrite, out ncid);
                }
                // A libnetcdf that opens files in another way cannot share one.
                if (status != 0)
                    status = NativeNetCdf.nc_open(copy?.Location ?? location, NativeNetCdf.ModeNoWrite, out ncid);
                if (status != 0)
                    throw new NetCdfException(name ?? path, "opening", status);
                return new NetCdfFile(name ?? path, ncid, copy?.Location ?? location)
                {
                    IsReadOnly = true,
                    _copy = copy,
                    Notes = [.. dead.Take(5).Select(link => $"link {link} leads to nothing new and is left out")],
                };
            }
            catch
            {
                copy?.Dispose();
                NativeNetCdf.OpenFiles.Clean();
                throw;
            }
        }
    }

    /// <summary>The version that the library gives of itself.</summary>
    public static unsafe string LibraryVersion
    {
        get
        {
            using (NativeNetCdf.Enter())
                return System.Runtime.InteropServices.Marshal.PtrToStringUTF8((nint)NativeNetCdf.nc_inq_libvers()) ?? "";
        }
    }

    /// <summary>Makes a new file; one of the same name is overwritten.</summary>
    /// <exception cref="NetCdfException">The file cannot be made there.</exception>
    public static NetCdfFile Create(string path, NetCdfKind kind = NetCdfKind.NetCdf4)
    {
        var mode = kind switch
        {
            NetCdfKind.NetCdf4 => NativeNetCdf.ModeNetCdf4,
            NetCdfKind.Cdf5 => NativeNetCdf.ModeCdf5,
            _ => 0,
        };
        var location = System.IO.Path.GetFullPath(path);
        using (NativeNetCdf.Enter())
        {
            var status = NativeNetCdf.nc_create(location, mode, out var ncid);
            return status == 0 ? new NetCdfFile(path, ncid, location) : throw new NetCdfException(path, "creating", status);
        }
    }

    /// <summary>Ends the definitions of a classic file; NetCDF-4 files need no such call.</summary>
    public void EndDefinitions()
    {
        using (NativeNetCdf.Enter())
        {
            ThrowIfClosed();
            Check(NativeNetCdf.nc_enddef(_ncid), "ending the definitions");
        }
    }

    /// <summary>Writes what is still in memory and closes.</summary>
    /// <exception cref="NetCdfException">Something could not be written, for example because the disk is full.</exception>
    public void Close()
    {
        using (NativeNetCdf.Enter())
        {
            if (!_open)
                return;
            _open = false;
            ReleasePlain();
            var status = NativeNetCdf.nc_close(_ncid);
            NativeNetCdf.OpenFiles.Closed();
            Check(status, "closing");
        }
    }

    /// <summary>Closes without reporting: for files that were read, or after another error.</summary>
    public void Dispose()
    {
        using (NativeNetCdf.Enter())
        {
            if (!_open)
                return;
            _open = false;
            ReleasePlain();
            _ = NativeNetCdf.nc_close(_ncid);
            NativeNetCdf.OpenFiles.Closed();
        }
    }

    private void ReleasePlain()
    {
        if (_plain.IsValueCreated)
            _plain.Value?.Dispose();
        _copy?.Dispose();
    }

    internal void ThrowIfClosed() => ObjectDisposedException.ThrowIf(!_open, this);

    internal void Check(int status, string doing)
    {
        if (status != 0)
            throw new NetCdfException(Path, doing, status);
    }
}
