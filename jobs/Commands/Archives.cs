using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats.Sources;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Interpolation;
using ConvLstm.Nowcast.Jobs.Feed;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary>The radar files that a command line names, as regular series.</summary>
internal static class Archives
{
    /// <summary>Says on the way which files and scans cannot be used.</summary>
    /// <param name="terminal">Told so.</param>
    /// <param name="files">Who opens them.</param>
    /// <param name="paths">Files, folders and patterns.</param>
    /// <param name="cancellation">Stops between two files, and in the middle of one.</param>
    /// <param name="sources">What the files do not say; null where they say it all.</param>
    /// <exception cref="ReportedException">No two scans follow each other.</exception>
    internal static IReadOnlyList<ScanSeries> Open(Terminal terminal, DecodedFiles files, IReadOnlyList<string> paths,
        CancellationToken cancellation, RadarSources? sources = null)
    {
        var archive = RadarArchive.Open(paths, files.Open, sources, cancellation: cancellation);
        foreach (var problem in archive.Problems)
            terminal.Error(problem.Message);
        var sequencing = Sequencing.Arrange(archive.Scans, new() { Filling = MotionGapFilling.Instance }, cancellation);
        foreach (var dropped in sequencing.Dropped)
            terminal.Error($"{dropped.Scan.Source} is left out: {dropped.Reason}.");
        foreach (var gap in sequencing.Gaps)
        {
            terminal.Error($"{gap.Missing} {(gap.Missing == 1 ? "scan is" : "scans are")} missing after {gap.After.ValidTime:u}: "
                + (gap.IsFilled ? "made up from the scans on both sides." : "the sequence ends there."));
        }
        return sequencing.Series.Any(s => s.Scans.Count > 1)
            ? [.. sequencing.Series.Where(s => s.Scans.Count > 1)]
            : throw new ReportedException($"{string.Join(" ", paths)}: no two scans follow each other; give the scans of a sequence.");
    }
}
