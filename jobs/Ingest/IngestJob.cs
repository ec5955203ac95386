using System.Text.Json;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Monitoring;
using ConvLstm.Nowcast.Jobs.Nowcasts;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;
using Hangfire;
using Hangfire.Server;

namespace ConvLstm.Nowcast.Jobs.Ingest;

/// <summary>Takes what has arrived in the feed folder; a new scan may ask for a forecast.</summary>
/// <param name="database">Where the scans go.</param>
/// <param name="settings">The folder.</param>
/// <param name="jobs">Where a forecast is asked for.</param>
/// <param name="kept">Decoders that stay between runs; null starts them for each.</param>
[Queue(Roles.Ingest), AutomaticRetry(Attempts = 3, DelaysInSeconds = new[] { 10, 20, 40 }, LogEvents = false)]
internal sealed class IngestJob(NowcastDatabase database, NowcastSettings settings, IBackgroundJobClient jobs, WarmWorkers? kept = null)
{
    internal const string Name = "ingest";

    /// <summary>Between the two looks at a file that has just come; who writes it on this machine is known besides.</summary>
    private static readonly TimeSpan SecondLook = TimeSpan.FromSeconds(0.5);

    [JobDisplayName(Name)]
    public Task<string> RunAsync(PerformContext context, CancellationToken cancellation) =>
        RunningJob.RunAsync(context, async (run, stop) =>
    {
        // Files settle by the clock of the machine that writes them, whatever the time of the schedule.
        var watch = new FeedWatch(
            new FeedOptions(settings.Feed!) { Interval = SecondLook, Patience = TimeSpan.FromSeconds(settings.FeedPatienceSeconds) },
                database, DecoderOptions.Of(settings.Decoder).OfFeed, TimeProvider.System,
            settings.RadarSources, kept?.Decoders);
        var summary = await watch.TakeOnceAsync(Note, stop);
        if (summary is null)
            return "another process takes this feed";
        FeedMetrics.Ingested(summary);
        if (summary.Stored > 0 && settings.Jobs.Nowcast.OnNewScan)
            jobs.Enqueue<NowcastJob>(job => job.RunAsync(null!, CancellationToken.None));
        run.DetailsJson = JsonSerializer.Serialize(
            new { summary.Stored, summary.AlreadyThere, summary.Marked, summary.Quarantined, summary.Left });
        return summary.ToString();

        void Note(FileOutcome outcome)
        {
            var name = Path.GetFileName(outcome.Path);
            if (outcome.Stored > 0)
                run.Log($"{name}: {outcome.Stored} new scans");
            foreach (var marked in outcome.Marked)
                run.Log($"{name} is marked as bad, {marked}");
            foreach (var note in outcome.Notes)
                run.Log($"{name}: {note}");
            if (outcome.Problem is not null)
                run.Log($"{(outcome.Stays ? "left where it is" : "in quarantine")}: {outcome.Problem}");
        }
    }, cancellation);
}
