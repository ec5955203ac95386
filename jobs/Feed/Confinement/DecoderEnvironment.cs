using System.Globalization;

namespace ConvLstm.Nowcast.Jobs.Feed.Confinement;

/// <summary>The environment of a decoder: where the runtime and the libraries are, and nothing that is a secret.</summary>
internal static class DecoderEnvironment
{
    private static readonly string[] Runtime = ["DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64"];

    /// <summary>Settings that name a library.</summary>
    internal static IReadOnlyList<string> Libraries { get; } = ["NOWCAST_NETCDF", "NOWCAST_PROJ", "NOWCAST_GDAL"];

    /// <summary>Settings that name folders.</summary>
    internal static IReadOnlyList<string> Folders { get; } = ["LD_LIBRARY_PATH", "PROJ_DATA", "PROJ_LIB", "GDAL_DATA"];

    /// <param name="environment">Of the process to be started; what it held is gone.</param>
    /// <param name="scratch">Its temporary folder.</param>
    /// <param name="memoryBytes">What the kernel will grant it.</param>
    internal static void Set(IDictionary<string, string?> environment, string scratch, long memoryBytes)
    {
        environment.Clear();
        foreach (var name in Runtime.Concat(Libraries).Concat(Folders))
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
                environment[name] = value;
        }
        // What a decoder that is killed leaves behind (unpacked files) goes with the folder.
        environment["TMPDIR"] = scratch;
        // Half of what the kernel grants goes to the collector, the rest to the C libraries.
        environment["DOTNET_GCHeapHardLimit"] = (memoryBytes / 2).ToString("X", CultureInfo.InvariantCulture);
        environment["DOTNET_TieredPGO"] = "0";
        environment["DOTNET_DbgEnableMiniDump"] = "0";
        // No socket for debuggers, which the confinement would refuse.
        environment["DOTNET_EnableDiagnostics"] = "0";
        environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        // HDF5 then looks for no plugin: H5PLpublic.h, H5PL_NO_PLUGIN.
        environment["HDF5_PLUGIN_PRELOAD"] = "::";
    }
}
