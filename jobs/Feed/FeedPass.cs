using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>
/// Takes the complete files of a feed once: into the database, or into quarantine. A file that cannot be used waits until it was not
/// written to for the feed's patience, and is tried again whenever it changes.
/// </summary>
internal sealed class FeedPass(FeedOptions options, FeedFolder folder, FeedState state, ScanIntake intake, TimeProvider time)
{
    private readonly Quarantine _quarantine = new(options);
    private readonly Dictionary<string, (SeenFile File, FileOutcome Outcome)> _waiting = [];

    /// <summary>True where files may still become good ones.</summary>
    internal bool HasWaiting => _waiting.Count > 0;

    /// <param name="report">Told of each file as it is done.</param>
    /// <param name="cancellation">Stops between two scans.</param>
    /// <returns>How many files were taken.</returns>
    /// <exception cref="ReportedException">The database does not answer.</exception>
    internal async Task<int> RunAsync(Action<FileOutcome> report, CancellationToken cancellation)
    {
        GiveUp(report);
        var files = folder.Look(file => state.IsTaken(file) || (_waiting.TryGetValue(file.Name, out var waiting) && waiting.File == file));
        var untouchable = files.ToLookup(folder.Untouchable);
        foreach (var (problem, file) in untouchable.Where(those => those.Key is not null)
            .SelectMany(those => those.Select(f => (those.Key!, f))))
            Leave(file, new(Path.Combine(options.Folder, file.Name), 0, 0, [], [], problem), report);
        var byPath = untouchable[null].ToDictionary(f => Path.Combine(options.Folder, f.Name));
        await foreach (var outcome in intake.TakeAsync([.. byPath.Keys], cancellation))
        {
            var file = byPath[outcome.Path];
            // A file that was replaced meanwhile is a new one, and one that is gone is nobody's; the next look decides.
            if (folder.Now(file.Name) != file)
                continue;
            if (outcome.Problem is null)
            {
                state.Add(file);
                report(outcome);
            }
            else if (MayGrow(file))
            {
                _waiting[file.Name] = (file, outcome);
                report(outcome with
                {
                    Problem = null,
                    Notes = [.. outcome.Notes, $"stays in the feed, as it may still grow: {outcome.Problem}"]
                });
            }
            else
            {
                PutAside(file, outcome, report);
            }
        }
        return files.Count;
    }

    // Those that changed are looked at like new ones; those that are gone are nobody's.
    private void GiveUp(Action<FileOutcome> report)
    {
        foreach (var (name, (file, outcome)) in _waiting.ToArray())
        {
            var isUnchanged = folder.Now(name) == file;
            if (isUnchanged && MayGrow(file))
                continue;
            _waiting.Remove(name);
            if (!isUnchanged)
                continue;
            // What was stored of it has been reported.
            PutAside(file, outcome with { Stored = 0, AlreadyThere = 0, Marked = [], Notes = [] }, report);
        }
    }

    // One that cannot be moved keeps nothing but itself from being taken.
    private void PutAside(SeenFile file, FileOutcome outcome, Action<FileOutcome> report)
    {
        try
        {
            _quarantine.Take(file.Name, outcome.Problem!);
        }
        catch (ReportedException e)
        {
            Leave(file, outcome with { Notes = [.. outcome.Notes, e.Message] }, report);
            return;
        }
        report(outcome);
    }

    // Said once, and again when the file has changed.
    private void Leave(SeenFile file, FileOutcome outcome, Action<FileOutcome> report)
    {
        state.Add(file);
        report(outcome with { Stays = true });
    }

    private bool MayGrow(SeenFile file) => time.GetUtcNow().UtcTicks - file.Written < options.Patience.Ticks;
}
