using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>
/// The C functions of libnetcdf, <see href="https://docs.unidata.ucar.edu/netcdf-c/current/netcdf_8h.html"/>.
/// Neither libnetcdf nor the HDF5 below it is thread safe: call only between <see cref="Enter"/> and the end of what it returns.
/// </summary>
internal static unsafe partial class NativeNetCdf
{
    internal const int GlobalVariable = -1;
    internal const int MaxName = 256;
    internal const int ModeNoWrite = 0x0000;
    internal const int ModeNetCdf4 = 0x1000;
    internal const int ModeCdf5 = 0x0020;
    internal const int StatusNoSuchAttribute = -43;

    // The one lock of the process for every call into the library.
    private static readonly Lock Gate = new();

    // HDF5's switch for printing its error stack; null where libnetcdf brings no HDF5 that shows its symbols.
    private static delegate* unmanaged<long, void*, void*, int> _setErrorPrinter;
    private static bool _isLoaded;

    [ThreadStatic]
    private static bool _isQuiet;

    /// <summary>The HDF5 below; null where it cannot say where chunks lie.</summary>
    internal static NativeHdf5? Hdf5 { get; private set; }

    /// <summary>What tells the structure of HDF5 files; null where this HDF5 hides its symbols.</summary>
    internal static NativeHdf5Links? Hdf5Links { get; private set; }

    internal static OpenFiles OpenFiles { get; private set; } = null!;

    private const string Library = NativeLibraries.NetCdf;

    /// <summary>
    /// Takes the library for this thread. HDF5 prints its error stack on every thread but the one that libnetcdf was first used from,
    /// also for what is no error (an attribute that is looked for and absent); what matters comes back as a status, so printing is
    /// switched off.
    /// </summary>
    /// <exception cref="ReportedException">libnetcdf is not installed.</exception>
    internal static Lock.Scope Enter()
    {
        if (!Volatile.Read(ref _isLoaded))
            Load();
        var scope = Gate.EnterScope();
        if (!_isQuiet && _setErrorPrinter is not null)
            _ = _setErrorPrinter(0, null, null);
        _isQuiet = true;
        return scope;
    }

    // Not in a static constructor, whose exceptions arrive wrapped and hide what to install.
    private static void Load()
    {
        using var once = Gate.EnterScope();
        if (_isLoaded)
            return;
        // HDF5 reads this when it is first used, from the C environment; see UnlockedFile for why.
        _ = setenv("HDF5_USE_FILE_LOCKING", "FALSE", 0);
        var library = NativeLibraries.Load(NativeLibraries.NetCdf);
        // Damaged files leave objects of HDF5 open, over which it complains when the process ends; there is nothing left to be closed then.
        if (NativeLibrary.TryGetExport(library, "H5dont_atexit", out var dontAtExit))
            _ = ((delegate* unmanaged<int>)dontAtExit)();
        if (NativeLibrary.TryGetExport(library, "H5Eset_auto2", out var setAuto))
            _setErrorPrinter = (delegate* unmanaged<long, void*, void*, int>)setAuto;
        Hdf5 = NativeHdf5.TryLoad(library);
        Hdf5Links = NativeHdf5Links.TryLoad(library);
        OpenFiles = new OpenFiles(library);
        Volatile.Write(ref _isLoaded, true);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value,
        int overwrite);

    [LibraryImport(Library)] internal static partial byte* nc_inq_libvers();
    [LibraryImport(Library)] internal static partial byte* nc_strerror(int status);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int nc_open(string path, int mode,
        out int ncid);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int nc_create(string path, int mode,
        out int ncid);
    [LibraryImport(Library)] internal static partial int nc_close(int ncid);
    [LibraryImport(Library)] internal static partial int nc_enddef(int ncid);

    [LibraryImport(Library)] internal static partial int nc_inq_grps(int ncid, int* count, int* ids);
    [LibraryImport(Library)] internal static partial int nc_inq_grpname(int ncid, byte* name);
    [LibraryImport(Library)] internal static partial int nc_inq_varids(int ncid, int* count, int* ids);
    [LibraryImport(Library)] internal static partial int nc_inq_dimids(int ncid, int* count, int* ids, int includeParents);
    [LibraryImport(Library)] internal static partial int nc_inq_dim(int ncid, int dimid, byte* name, nuint* length);
    [LibraryImport(Library)] internal static partial int nc_inq_varname(int ncid, int varid, byte* name);
    [LibraryImport(Library)] internal static partial int nc_inq_vartype(int ncid, int varid, int* type);
    [LibraryImport(Library)] internal static partial int nc_inq_varndims(int ncid, int varid, int* count);
    [LibraryImport(Library)] internal static partial int nc_inq_vardimid(int ncid, int varid, int* dimids);
    [LibraryImport(Library)] internal static partial int nc_inq_natts(int ncid, int* count);
    [LibraryImport(Library)] internal static partial int nc_inq_varnatts(int ncid, int varid, int* count);
    [LibraryImport(Library)] internal static partial int nc_inq_attname(int ncid, int varid, int number, byte* name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int nc_inq_att(int ncid, int varid, string name, int* type, nuint* length);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int nc_get_att_double(int ncid, int varid, string name, double* values);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int nc_get_att_text(int ncid, int varid, string name, byte* text);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int nc_get_att_string(int ncid, int varid, string name, byte** texts);

    [LibraryImport(Library)] internal static partial int nc_free_string(nuint length, byte** texts);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int nc_put_att(int ncid, int varid, string name, int type, nuint length, void* values);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int nc_def_grp(int parent, string name,
        int* ncid);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int nc_def_dim(int ncid, string name,
        nuint length, int* dimid);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int nc_def_var(int ncid, string name, int type, int rank, int* dimids, int* varid);

    [LibraryImport(Library)] internal static partial int nc_def_var_deflate(int ncid, int varid, int shuffle, int deflate, int level);
    [LibraryImport(Library)] internal static partial int nc_def_var_chunking(int ncid, int varid, int storage, nuint* sizes);

    /// <summary>Reads a hyperslab into memory of a type, and converts.</summary>
    internal static delegate*<int, int, nuint*, nuint*, void*, int> ReaderOf(NetCdfType type) => type switch
    {
        NetCdfType.Int8 => &nc_get_vara_schar,
        NetCdfType.UInt8 => &nc_get_vara_uchar,
        NetCdfType.Int16 => &nc_get_vara_short,
        NetCdfType.UInt16 => &nc_get_vara_ushort,
        NetCdfType.Int32 => &nc_get_vara_int,
        NetCdfType.UInt32 => &nc_get_vara_uint,
        NetCdfType.Int64 => &nc_get_vara_longlong,
        NetCdfType.UInt64 => &nc_get_vara_ulonglong,
        NetCdfType.Float32 => &nc_get_vara_float,
        _ => &nc_get_vara_double,
    };

    /// <summary>Writes a hyperslab from memory of a type, and converts.</summary>
    internal static delegate*<int, int, nuint*, nuint*, void*, int> WriterOf(NetCdfType type) => type switch
    {
        NetCdfType.Int8 => &nc_put_vara_schar,
        NetCdfType.UInt8 => &nc_put_vara_uchar,
        NetCdfType.Int16 => &nc_put_vara_short,
        NetCdfType.UInt16 => &nc_put_vara_ushort,
        NetCdfType.Int32 => &nc_put_vara_int,
        NetCdfType.UInt32 => &nc_put_vara_uint,
        NetCdfType.Int64 => &nc_put_vara_longlong,
        NetCdfType.UInt64 => &nc_put_vara_ulonglong,
        NetCdfType.Float32 => &nc_put_vara_float,
        _ => &nc_put_vara_double,
    };

    [LibraryImport(Library)] private static partial int nc_get_vara_schar(int ncid, int varid, nuint* start, nuint* count, void* data);
    [LibraryImport(Library)] private static partial int nc_get_vara_uchar(int ncid, int varid, nuint* start, nuint* count, void* data);
    [LibraryImport(Library)] private static partial int nc_get_vara_short(int ncid, int varid, nuint* start, nuint* count, void* data);
    [LibraryImport(Library)] private static partial int nc_get_vara_ushort(int ncid, int varid, nuint* start, nuint* count, void* data);
    [LibraryImport(Library)] private static partial int nc_get_vara_int(int ncid, int varid, nuint* start, nuint* count, void* data);
    [LibraryImport(Library)] private static partial int nc_get_vara_uint(int ncid, int varid, nuint* start, nuint* count, void* data);
    [LibraryImport(Library)] private static partial int nc_get_vara_longlong(int ncid, int varid, nuint* start, nuint* count, void* data);
    [LibraryImport(Library)] private static partial int nc_get_vara_ulonglong(int ncid, int varid, nuint* start, nuint* count, void* data);
    [LibraryImport(Library)] private static partial int nc_get_vara_float(int ncid, int varid, nuint* start, nuint* count, void* data);
    [LibraryImport(Library)] private static partial int nc_get_vara_double(int ncid, int varid, nuint* start, nuint* count, void* data);

    [LibraryImport(Library)] private static partial int nc_put_vara_schar(int ncid, int varid, nuint* start, nuint* count, void* data);
    [LibraryImport(Library)] private static partial int nc_put_vara_uchar(int ncid, int varid, nuint* start, nuint* count, void* data);
    [LibraryImport(Library)] private static partial int nc_put_vara_short(int ncid, int varid, nuint* start, nuint* count, void* data);
    [LibraryImport(Library)] private static partial int nc_put_vara_ushort(int ncid, int varid, nuint* start, nuint* count, void* data);
    [LibraryImport(Library)] private static partial int nc_put_vara_int(int ncid, int varid, nuint* start, nuint* count, void* data);
    [LibraryImport(Library)] private static partial int nc_put_vara_uint(int ncid, int varid, nuint* start, nuint* count, void* data);
    [LibraryImport(Library)] private static partial int nc_put_vara_longlong(int ncid, int varid, nuint* start, nuint* count, void* data);
    [LibraryImport(Library)] private static partial int nc_put_vara_ulonglong(int ncid, int varid, nuint* start, nuint* count, void* data);
    [LibraryImport(Library)] private static partial int nc_put_vara_float(int ncid, int varid, nuint* start, nuint* count, void* data);
    [LibraryImport(Library)] private static partial int nc_put_vara_double(int ncid, int varid, nuint* start, nuint* count, void* data);
}
