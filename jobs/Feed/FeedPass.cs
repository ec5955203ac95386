using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>Takes the complete files of a feed once: into the database, or into quarantine.</summary>
internal sealed class FeedPass(FeedOptions options, FeedFolder folder, FeedState state, ScanIntake intake)
{
    private readonly Quarantine _quarantine = new(options);

    /// <param name="report">Told of each file as it is done.</param>
    /// <param name="cancellation">Stops between two scans.</param>
    /// <returns>How many files were taken.</returns>
    /// <exception cref="ReportedException">The database does not answer, or a file cannot be moved.</exception>
    internal async Task<int> RunAsync(Action<FileOutcome> report, CancellationToken cancellation)
    {
        var files = folder.Look(state.IsTaken);
        var byPath = files.ToDictionary(f => Path.Combine(options.Folder, f.Name));
        await foreach (var outcome in intake.TakeAsync([.. byPath.Keys], cancellation))
        {
            var file = byPath[outcome.Path];
            // A file that was replaced meanwhile is a new one, and one that is gone is nobody's; the next look decides.
            if (folder.Now(file.Name) != file)
                continue;
            if (outcome.Problem is null)
                state.Add(file);
            else
                _quarantine.Take(file.Name, outcome.Problem);
            report(outcome);
        }
        return files.Count;
    }
}
