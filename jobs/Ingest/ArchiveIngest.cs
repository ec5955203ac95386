using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats.Sources;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Ingest;

/// <summary>What became of the files that were given.</summary>
/// <param name="Stored">Scans that are new.</param>
/// <param name="AlreadyThere">Scans that the database had.</param>
/// <param name="Problems">Files that could not be used, and why.</param>
/// <param name="Notes">Scans that were marked as bad, and what was left out or decided.</param>
internal sealed record IngestSummary(int Stored, int AlreadyThere, IReadOnlyList<string> Problems, IReadOnlyList<string> Notes);

/// <summary>Radar files of an archive into the database; a bad file costs only itself.</summary>
/// <param name="database">Where they go.</param>
/// <param name="decoderOptions">What their reading may cost.</param>
/// <param name="sources">What the files do not say; null where they say it all.</param>
internal sealed class ArchiveIngest(NowcastDatabase database, DecoderOptions decoderOptions, RadarSources? sources = null)
{
    /// <param name="paths">Files, folders and patterns.</param>
    /// <param name="progress">Files done, of how many.</param>
    /// <param name="cancellation">Stops between two scans.</param>
    /// <exception cref="ReportedException">A path is not there, or the database does not answer.</exception>
    internal async Task<IngestSummary> RunAsync(IEnumerable<string> paths, Action<int, int>? progress, CancellationToken cancellation)
    {
        var files = RadarPaths.Expand(paths);
        var (stored, alreadyThere, done) = (0, 0, 0);
        var (problems, notes) = (new List<string>(), new List<string>());
        using var decoders = new DecoderPool(decoderOptions);
        await foreach (var outcome in new ScanIntake(database, decoders, TimeProvider.System, sources).TakeAsync(files, cancellation))
        {
            stored += outcome.Stored;
            alreadyThere += outcome.AlreadyThere;
            if (outcome.Problem is not null)
                problems.Add(outcome.Problem);
            notes.AddRange(outcome.Marked.Select(m => $"{outcome.Path} is marked as bad, {m}")
                .Concat(outcome.Notes.Select(n => $"{outcome.Path}: {n}")));
            progress?.Invoke(++done, files.Count);
        }
        return new(stored, alreadyThere, problems, notes);
    }
}
