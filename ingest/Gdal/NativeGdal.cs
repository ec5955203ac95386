using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Ingest.Gdal;

/// <summary>
/// The few functions of GDAL that rasters are read with, <see href="https://gdal.org/en/stable/api/raster_c_api.html"/>. Only the drivers
/// that are asked for by
/// name are ever registered: none that follows names in a file (VRT, WMS), and none of the network.
/// </summary>
internal static unsafe partial class NativeGdal
{
    private const string Library = NativeLibraries.Gdal;

    // gdal.h
    internal const uint OpenRaster = 0x02, OpenVerbose = 0x40;
    internal const int ReadFlag = 0;
    internal const int TypeByte = 1, TypeFloat32 = 6;

    // What may stand beside a file is nobody's: no sidecars, no listing of the folder, no drivers that a file or the environment names.
    private static readonly (string Name, string Value)[] Settings =
    [
        ("GDAL_PAM_ENABLED", "NO"), ("GDAL_DISABLE_READDIR_ON_OPEN", "EMPTY_DIR"), ("GDAL_DRIVER_PATH", "disable"),
            ("GDAL_NUM_THREADS", "1"),
        ("CPL_DEBUG", "OFF"), ("GDAL_HTTP_MAX_RETRY", "0"), ("GTIFF_REPORT_COMPD_CS", "NO"),
    ];

    private const long CacheBytes = 64 << 20;

    private static readonly Lock Gate = new();
    private static bool _isReady;

    /// <summary>Loads the library and its drivers once; not before a file needs them.</summary>
    /// <exception cref="ReportedException">It is not installed.</exception>
    internal static void Initialise()
    {
        lock (Gate)
        {
            if (_isReady)
                return;
            var library = NativeLibraries.Load(Library);
            foreach (var (name, value) in Settings)
                CPLSetConfigOption(name, value);
            GDALSetCacheMax64(CacheBytes);
            // What it has to say is asked for where something fails, not printed.
            _ = CPLSetErrorHandler(NativeLibrary.GetExport(library, "CPLQuietErrorHandler"));
            foreach (var driver in (ReadOnlySpan<string>)["GRIB", "GTiff", "PNG", "GIF", "PNM"])
                ((delegate* unmanaged<void>)NativeLibrary.GetExport(library, $"GDALRegister_{driver}"))();
            _isReady = true;
        }
    }

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial void CPLSetConfigOption(string name, string value);

    [LibraryImport(Library)]
    private static partial IntPtr CPLSetErrorHandler(IntPtr handler);

    [LibraryImport(Library)]
    private static partial void GDALSetCacheMax64(long bytes);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial byte* GDALVersionInfo(string what);

    [LibraryImport(Library)]
    internal static partial void CPLErrorReset();

    [LibraryImport(Library)]
    internal static partial byte* CPLGetLastErrorMsg();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial IntPtr GDALOpenEx(string path, uint flags, byte** drivers, byte** options, byte** siblings);

    [LibraryImport(Library)]
    internal static partial void GDALClose(IntPtr dataset);

    [LibraryImport(Library)]
    internal static partial int GDALGetRasterXSize(IntPtr dataset);

    [LibraryImport(Library)]
    internal static partial int GDALGetRasterYSize(IntPtr dataset);

    [LibraryImport(Library)]
    internal static partial int GDALGetRasterCount(IntPtr dataset);

    [LibraryImport(Library)]
    internal static partial IntPtr GDALGetRasterBand(IntPtr dataset, int number);

    [LibraryImport(Library)]
    internal static partial int GDALGetGeoTransform(IntPtr dataset, double* transform);

    [LibraryImport(Library)]
    internal static partial byte* GDALGetProjectionRef(IntPtr dataset);

    [LibraryImport(Library)]
    internal static partial byte** GDALGetMetadata(IntPtr part, byte* domain);

    [LibraryImport(Library)]
    internal static partial byte* GDALGetDescription(IntPtr part);

    [LibraryImport(Library)]
    internal static partial byte* GDALGetRasterUnitType(IntPtr band);

    [LibraryImport(Library)]
    internal static partial double GDALGetRasterNoDataValue(IntPtr band, int* hasOne);

    [LibraryImport(Library)]
    internal static partial double GDALGetRasterScale(IntPtr band, int* hasOne);

    [LibraryImport(Library)]
    internal static partial double GDALGetRasterOffset(IntPtr band, int* hasOne);

    [LibraryImport(Library)]
    internal static partial int GDALGetRasterDataType(IntPtr band);

    [LibraryImport(Library)]
    internal static partial IntPtr GDALGetRasterColorTable(IntPtr band);

    [LibraryImport(Library)]
    internal static partial int GDALGetColorEntryCount(IntPtr table);

    [LibraryImport(Library)]
    internal static partial short* GDALGetColorEntry(IntPtr table, int index);

    [LibraryImport(Library)]
    internal static partial int GDALRasterIO(
        IntPtr band, int flag, int x, int y, int width, int height, void* buffer, int bufferWidth, int bufferHeight, int type,
            int pixelStep, int lineStep);
}
