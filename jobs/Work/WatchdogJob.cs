using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Monitoring;
using ConvLstm.Nowcast.Jobs.Schedule;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Work;

/// <summary>Reports feeds that have gone quiet, and notes runs whose server died.</summary>
internal sealed class WatchdogJob(NowcastDatabase database, WatchdogSettings settings) : IJob
{
    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancellation)
    {
        var orphans = await database.Jobs.MarkOrphansAsync(cancellation);
        if (orphans > 0)
            context.Log($"{orphans} runs were left by servers that died");
        var now = context.Time.GetUtcNow();
        var feeds = await database.News.ListAsync(cancellation);
        foreach (var feed in feeds)
        {
            FeedMetrics.Newest(feed.Grid, feed.NewestScan);
            context.Log($"{feed.Grid}: newest scan {feed.NewestScan.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        }
        var quiet = feeds.Where(f => (now - f.NewestScan).TotalMinutes > settings.MaxAgeMinutes)
            .Select(f => FormattableString.Invariant($"{f.Grid} is quiet since {f.NewestScan.UtcDateTime:yyyy-MM-dd HH:mm} UTC ({(now - f.NewestScan).TotalMinutes:0} minutes)")).ToArray();
        if (quiet.Length > 0)
            throw new ReportedException($"{string.Join("; ", quiet)}: look at what delivers the feed.");
        return new(feeds.Count == 0 ? "no feed has delivered yet" : $"{feeds.Count} {(feeds.Count == 1 ? "grid is" : "grids are")} fresh");
    }
}
