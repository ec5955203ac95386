using System.Reflection;
using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Ingest;

/// <summary>
/// Finds the distribution's C libraries. Debian and its kin install them under a versioned soname, and the plain
/// name only with the -dev package, so each known soname is tried; an environment variable can name the file.
/// </summary>
internal static class NativeLibraries
{
    internal const string NetCdf = "netcdf";
    internal const string Proj = "proj";
    internal const string Gdal = "gdal";

    private static readonly Dictionary<string, (string Setting, string Package, string[] Names)> Known = new()
    {
        [NetCdf] = ("NOWCAST_NETCDF", "libnetcdf19",
            ["libnetcdf.so.19", "libnetcdf.so.22", "libnetcdf.so.20", "libnetcdf.so.21", "libnetcdf.so.18", "libnetcdf.so.15",
                "libnetcdf.so"]),
        [Proj] = ("NOWCAST_PROJ", "libproj25",
            ["libproj.so.25", "libproj.so.26", "libproj.so.22", "libproj.so.19", "libproj.so.15", "libproj.so"]),
        [Gdal] = ("NOWCAST_GDAL", "libgdal32",
            ["libgdal.so.32", "libgdal.so.36", "libgdal.so.37", "libgdal.so.38", "libgdal.so.35", "libgdal.so.34", "libgdal.so.33",
                "libgdal.so.31", "libgdal.so.30", "libgdal.so.28", "libgdal.so"]),
    };

    static NativeLibraries() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    /// <summary>
    /// Loads a library, if that has not been done, and returns its handle. Bindings call this before their first function.
    /// </summary>
    /// <exception cref="ReportedException">It is not installed.</exception>
    internal static IntPtr Load(string name) => Resolve(name, typeof(NativeLibraries).Assembly, null);

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (!Known.TryGetValue(name, out var library))
            return IntPtr.Zero;
        var named = Environment.GetEnvironmentVariable(library.Setting);
        if (!string.IsNullOrEmpty(named))
        {
            return NativeLibrary.TryLoad(named, out var chosen)
                ? chosen
                : throw new ReportedException(
                    $"{library.Setting}={named} cannot be loaded; name the shared library of {name} or unset it.");
        }
        foreach (var candidate in library.Names)
        {
            if (NativeLibrary.TryLoad(candidate, assembly, searchPath, out var handle))
                return handle;
        }
        throw new ReportedException(
            $"The {name} library is not installed (tried {string.Join(", ", library.Names)}); install {library.Package} or name the file "
                + $"in {library.Setting}.");
    }
}
