using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats.Sources;
using ConvLstm.Nowcast.Storage;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>What was done with a feed.</summary>
internal sealed record FeedSummary(int Stored, int AlreadyThere, int Marked, int Quarantined)
{
    /// <summary>Files that cannot be used and stay in the feed.</summary>
    internal int Left { get; init; }

    internal FeedSummary Add(FileOutcome outcome) => new(
        Stored + outcome.Stored, AlreadyThere + outcome.AlreadyThere, Marked + outcome.Marked.Count,
            Quarantined + (outcome.Problem is null || outcome.Stays ? 0 : 1))
    { Left = Left + (outcome.Stays ? 1 : 0) };

    public override string ToString() =>
        $"{Stored} scans stored, {AlreadyThere} were there already, {Marked} of the new ones marked as bad, {Quarantined} files in "
            + "quarantine"
            + (Left == 0 ? "" : $", {Left} that cannot be used left where they are");
}

/// <summary>Takes what arrives in a feed folder, until it is stopped; files, decoders and a database that fail do not end it.</summary>
/// <param name="options">The folder.</param>
/// <param name="database">Where the scans go.</param>
/// <param name="decoderOptions">Of the decoders that it starts.</param>
/// <param name="time">By which files settle.</param>
/// <param name="sources">What the files do not say; null where they say it all.</param>
/// <param name="kept">Decoders that stay from one look at the folder to the next; null starts them for each.</param>
internal sealed class FeedWatch(
    FeedOptions options, NowcastDatabase database, DecoderOptions decoderOptions, TimeProvider time, RadarSources? sources = null,
        DecoderPool? kept = null)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);

    /// <param name="report">Told of each file as it is done.</param>
    /// <param name="failure">Told why the feed has to wait.</param>
    /// <param name="cancellation">Stops the watch, which then returns.</param>
    /// <exception cref="ReportedException">The folder is not there or watched already.</exception>
    internal async Task<FeedSummary> WatchAsync(Action<FileOutcome> report, Action<string> failure, CancellationToken cancellation)
    {
        var summary = new FeedSummary(0, 0, 0, 0);
        var folder = Folder();
        using var state = FeedState.Open(options, folder)
            ?? throw new ReportedException($"{options.Folder} is being watched by another process already.");
        using var decoders = new DecoderPool(decoderOptions);
        var pass = new FeedPass(options, folder, state, new ScanIntake(database, decoders, time, sources), time);
        var lastFile = time.GetTimestamp();
        while (!cancellation.IsCancellationRequested && !(time.GetElapsedTime(lastFile) > options.Idle))
        {
            try
            {
                var pause = options.Interval;
                try
                {
                    if (await pass.RunAsync(Report, cancellation) > 0 || folder.HasUnsettled || pass.HasWaiting)
                        lastFile = time.GetTimestamp();
                }
                catch (Exception e) when (e is ReportedException or NpgsqlException or IOException or UnauthorizedAccessException)
                {
                    failure($"{e.Message} Trying again in {PauseAfterFailure.TotalSeconds:0} seconds.");
                    pause = PauseAfterFailure;
                }
                await Task.Delay(pause, time, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // Being stopped is how a watch ends.
                break;
            }
        }
        return summary;

        void Report(FileOutcome outcome)
        {
            summary = summary.Add(outcome);
            report(outcome);
        }
    }

    /// <summary>
    /// Takes what is complete now; null where another process watches the feed. A file that is being written is waited for for one
    /// interval.
    /// </summary>
    /// <exception cref="ReportedException">The folder is not there, or the database does not answer.</exception>
    internal async Task<FeedSummary?> TakeOnceAsync(Action<FileOutcome> report, CancellationToken cancellation)
    {
        var summary = new FeedSummary(0, 0, 0, 0);
        var folder = Folder();
        using var state = FeedState.Open(options, folder);
        if (state is null)
            return null;
        using var own = kept is null ? new DecoderPool(decoderOptions) : null;
        var pass = new FeedPass(options, folder, state, new ScanIntake(database, kept ?? own!, time, sources), time);
        await pass.RunAsync(Report, cancellation);
        if (folder.HasUnsettled)
        {
            await Task.Delay(options.Interval, time, cancellation);
            await pass.RunAsync(Report, cancellation);
        }
        return summary;

        void Report(FileOutcome outcome)
        {
            summary = summary.Add(outcome);
            report(outcome);
        }
    }

    private FeedFolder Folder() => Directory.Exists(options.Folder)
        ? new FeedFolder(options, time)
        : throw new ReportedException($"{options.Folder}: there is no such folder; check the path.");
}
