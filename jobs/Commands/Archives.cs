using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary>The radar files that a command line names, as regular series.</summary>
internal static class Archives
{
    /// <summary>Says on the way which files and scans cannot be used.</summary>
    /// <exception cref="ReportedException">No two scans follow each other.</exception>
    internal static IReadOnlyList<ScanSeries> Open(Terminal terminal, IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        var archive = RadarArchive.Open(paths, cancellation: cancellation);
        foreach (var problem in archive.Problems)
            terminal.Error(problem.Message);
        var sequencing = Sequencing.Arrange(archive.Scans);
        foreach (var dropped in sequencing.Dropped)
            terminal.Error($"{dropped.Scan.Source} is left out: {dropped.Reason}.");
        return sequencing.Series.Any(s => s.Scans.Count > 1)
            ? [.. sequencing.Series.Where(s => s.Scans.Count > 1)]
            : throw new ReportedException($"{string.Join(" ", paths)}: no two scans follow each other; give the scans of a sequence.");
    }
}
