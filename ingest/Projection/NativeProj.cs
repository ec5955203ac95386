using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Ingest.Projection;

/// <summary>The C functions of PROJ, <see href="https://proj.org/en/stable/development/reference/functions.html"/>.</summary>
internal static unsafe partial class NativeProj
{
    internal const int Forward = 1;
    internal const int Inverse = -1;
    internal const int Proj4Spelling = 1;

    // PJ_WKT_TYPE
    internal const int Wkt2 = 2, Wkt1 = 4;

    private const int LogNothing = 0;
    private const string Library = NativeLibraries.Proj;

    /// <summary>A context that logs nothing.</summary>
    /// <exception cref="ReportedException">PROJ is not installed.</exception>
    internal static IntPtr CreateContext()
    {
        _ = NativeLibraries.Load(NativeLibraries.Proj);
        var context = proj_context_create();
        _ = proj_log_level(context, LogNothing);
        return context;
    }

    [LibraryImport(Library)] private static partial IntPtr proj_context_create();
    [LibraryImport(Library)] internal static partial IntPtr proj_context_destroy(IntPtr context);
    [LibraryImport(Library)] private static partial int proj_log_level(IntPtr context, int level);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial IntPtr proj_create(IntPtr context,
        string definition);
    [LibraryImport(Library)] internal static partial IntPtr proj_destroy(IntPtr projection);
    [LibraryImport(Library)]
    internal static partial byte* proj_as_proj_string(IntPtr context, IntPtr projection, int spelling,
        byte** options);

    [LibraryImport(Library)] internal static partial byte* proj_as_wkt(IntPtr context, IntPtr projection, int kind, byte** options);
    [LibraryImport(Library)] internal static partial IntPtr proj_get_ellipsoid(IntPtr context, IntPtr crs);

    [LibraryImport(Library)]
    internal static partial int proj_ellipsoid_get_parameters(IntPtr context, IntPtr ellipsoid, double* a, double* b, int* isComputed,
        double* inverseFlattening);

    [LibraryImport(Library)]
    internal static partial nuint proj_trans_generic(
        IntPtr projection, int direction,
        double* x, nuint strideX, nuint countX, double* y, nuint strideY, nuint countY,
        double* z, nuint strideZ, nuint countZ, double* t, nuint strideT, nuint countT);
}
