using ConvLstm.Nowcast.Jobs.Monitoring;
using ConvLstm.Nowcast.Jobs.Nowcasts;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>
/// What comes before the first run, when the metrics are listened to: the jobs are written down where this server has the role for it,
/// and the processes that stay are made ready.
/// </summary>
internal sealed class ScheduleStart(ServiceOptions options, JobSchedule schedule, NowcastDatabase database, WarmWorkers? kept = null)
    : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        JobMetrics.Declare(options.Jobs.Select(job => job.Name));
        FeedMetrics.Declare();
        if (options.Roles.Contains(Roles.Scheduler))
        {
            await Task.Run(() => schedule.Write(options.Jobs), cancellationToken);
            await MakeUpAsync(cancellationToken);
        }
        kept?.Prepare();
    }

    // Forecasts that were missed while no server was there are of the past, but for that of the newest scans: it is made at once.
    private async Task MakeUpAsync(CancellationToken cancellation)
    {
        var feeds = await database.Feeds.ListAsync(cancellation);
        if (feeds.Any(feed => feed.NewestUsable is not null && !feed.ForecastByExtrapolation)
            && options.Jobs.Any(job => job.Name == NowcastJob.Name) && !schedule.Paused().Contains(NowcastJob.Name))
            schedule.Trigger(NowcastJob.Name);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
