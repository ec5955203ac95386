using System.Text.Json;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Monitoring;
using ConvLstm.Nowcast.Jobs.Schedule;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Work;

/// <summary>Takes what has arrived in the feed folder; a new scan may ask for a forecast.</summary>
/// <param name="database">Where the scans go.</param>
/// <param name="feed">The folder.</param>
/// <param name="forecastOnNewScan">True asks for a forecast when a scan is stored.</param>
/// <param name="decoders">Decoders that stay between runs; null starts them for each.</param>
internal sealed class IngestJob(NowcastDatabase database, string feed, bool forecastOnNewScan, DecoderPool? decoders = null) : IJob
{
    /// <summary>Between the two looks at a file that has just come; who writes it on this machine is known besides.</summary>
    private static readonly TimeSpan SecondLook = TimeSpan.FromSeconds(0.5);

    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancellation)
    {
        // Files settle by the clock of the machine that writes them, whatever the time of the schedule.
        var watch = new FeedWatch(new FeedOptions(feed) { Interval = SecondLook }, database, DecoderOptions.Default, TimeProvider.System, decoders);
        var summary = await watch.TakeOnceAsync(Note, cancellation);
        if (summary is null)
            return new("another process takes this feed");
        FeedMetrics.Ingested(summary);
        if (summary.Stored > 0 && forecastOnNewScan)
            await context.Trigger(JobCatalog.Nowcast, cancellation);
        return new(summary.ToString(), JsonSerializer.Serialize(new { summary.Stored, summary.AlreadyThere, summary.Marked, summary.Quarantined }));

        void Note(FileOutcome outcome)
        {
            var name = Path.GetFileName(outcome.Path);
            if (outcome.Stored > 0)
                context.Log($"{name}: {outcome.Stored} new scans");
            foreach (var marked in outcome.Marked)
                context.Log($"{name} is marked as bad, {marked}");
            if (outcome.Problem is not null)
                context.Log($"in quarantine: {outcome.Problem}");
        }
    }
}
