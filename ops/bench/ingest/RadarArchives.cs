using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Bench.Ingest;

/// <summary>The files of one service.</summary>
internal sealed record RadarArchiveFiles(string Name, string Kind, IReadOnlyList<string> Files);

/// <summary>Finds the real files: in NOWCAST_RADAR_DATA, else in <c>shared/radar</c> beside the repository.</summary>
internal static class RadarArchives
{
    internal static IReadOnlyList<RadarArchiveFiles> All()
    {
        var folder = Folder() ?? throw new ReportedException(
            "There are no radar files: set NOWCAST_RADAR_DATA to the folder with bom_brisbane_20201031.");
        return [
            new("144 BOM files, 512×512", "bom", Files(folder, "bom_brisbane_20201031", "*.nc")),
            new("92 KNMI files, 765×700", "knmi", Files(folder, "knmi_netherlands_20100826", "*.h5")),
        ];
    }

    private static string[] Files(string folder, string name, string pattern) =>
        [.. Directory.GetFiles(Path.Combine(folder, name), pattern).Order(StringComparer.Ordinal)];

    private static string? Folder()
    {
        if (Environment.GetEnvironmentVariable("NOWCAST_RADAR_DATA") is { Length: > 0 } named)
            return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, "shared", "radar")))
                return Path.Combine(folder.FullName, "shared", "radar");
        }
        return null;
    }
}
