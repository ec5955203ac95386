using Xunit;

namespace ConvLstm.Nowcast.Tests;

/// <summary>
/// Finds the real radar files that are not part of the repository: in NOWCAST_RADAR_DATA, else in <c>shared/radar</c> beside the
/// repository. Tests that need them skip, and say so, where they are absent.
/// </summary>
internal static class RadarData
{
    /// <summary>The folder; null where there is none.</summary>
    internal static string? Folder { get; } = Find();

    /// <summary>A file or folder of the data.</summary>
    internal static string Path(params ReadOnlySpan<string> parts)
    {
        if (Folder is null)
            Assert.Skip("There are no radar files: set NOWCAST_RADAR_DATA or put them into ../shared/radar.");
        var path = System.IO.Path.Combine([Folder, .. parts]);
        if (!File.Exists(path) && !Directory.Exists(path))
            Assert.Skip($"{path} is not there.");
        return path;
    }

    /// <summary>The files of a folder of the data, sorted.</summary>
    internal static string[] Files(params ReadOnlySpan<string> parts) => [.. Directory.GetFiles(Path(parts)).Order(StringComparer.Ordinal)];

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("NOWCAST_RADAR_DATA") is { Length: > 0 } named)
            return Directory.Exists(named) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var data = System.IO.Path.Combine(folder.FullName, "shared", "radar");
            if (Directory.Exists(data))
                return data;
        }
        return null;
    }
}
