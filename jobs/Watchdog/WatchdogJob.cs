using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;
using Hangfire;
using Hangfire.Server;

namespace ConvLstm.Nowcast.Jobs.Watchdog;

/// <summary>Reports feeds that have gone quiet, and notes runs whose server died.</summary>
[Queue(Roles.Scheduler), AutomaticRetry(Attempts = 0, LogEvents = false)]
internal sealed class WatchdogJob(NowcastDatabase database, NowcastSettings settings)
{
    internal const string Name = "watchdog";

    [JobDisplayName(Name)]
    public Task<string> RunAsync(PerformContext context, CancellationToken cancellation) =>
        RunningJob.RunAsync(context, async (run, stop) =>
    {
        var orphans = await database.Jobs.MarkOrphansAsync(stop);
        if (orphans > 0)
            run.Log($"{orphans} runs were left by servers that died");
        var now = run.Time.GetUtcNow();
        var feeds = await database.Feeds.ListAsync(stop);
        foreach (var feed in feeds)
            run.Log($"{feed.Grid}: newest scan {feed.NewestScan.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        var quiet = feeds.Where(f => !((now - f.NewestBy(now))?.TotalMinutes <= settings.Jobs.Watchdog.MaxAgeMinutes))
            .Select(f => f.NewestBy(now) is { } newest
                ? FormattableString.Invariant(
                    $"{f.Grid} is quiet since {newest.UtcDateTime:yyyy-MM-dd HH:mm} UTC ({(now - newest).TotalMinutes:0} minutes)")
                : $"{f.Grid} has only scans from the future").ToArray();
        if (quiet.Length > 0)
            throw new ReportedException($"{string.Join("; ", quiet)}: look at what delivers the feed.");
        return feeds.Count == 0 ? "no feed has delivered yet" : $"{feeds.Count} {(feeds.Count == 1 ? "grid is" : "grids are")} fresh";
    }, cancellation);
}
