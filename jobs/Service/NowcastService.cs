using ConvLstm.Nowcast.Jobs.Schedule;
using ConvLstm.Nowcast.Jobs.Work;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Service;

/// <summary>A server of the schedule: its jobs, its sign of life, its eye on the feed. Dispose it to stop.</summary>
internal sealed class NowcastService : IAsyncDisposable
{
    private readonly SignOfLife _signOfLife;
    private readonly FeedTrigger? _feed;
    private readonly KeptProcesses? _kept;

    private NowcastService(ServiceOptions options, NowcastDatabase database, ISchedule schedule, KeptProcesses? kept, ILoggerFactory logs)
    {
        (Schedule, _kept) = (schedule, kept);
        _signOfLife = new(database, options.Server, options.Roles);
        var feed = options.Settings.Feed;
        _feed = options.Roles.Contains(Roles.Ingest) && !string.IsNullOrEmpty(feed) && Directory.Exists(feed) && options.Settings.Jobs.Nowcast.OnNewScan
            ? new(feed, schedule, logs.CreateLogger<FeedTrigger>())
            : null;
    }

    internal ISchedule Schedule { get; }

    internal static async Task<NowcastService> StartAsync(ServiceOptions options, NowcastDatabase database, ILoggerFactory logs, CancellationToken cancellation)
    {
        // Who forecasts at each scan wants it soon; once an hour is not worth the memory.
        var kept = options.Settings.Jobs.Nowcast.OnNewScan ? new KeptProcesses(options.Settings, database, options.Roles, options.Time) : null;
        var jobs = JobCatalog.Of(options.Settings, database, kept);
        var runner = new JobRunner(database, jobs, options.Server, options.Time, logs.CreateLogger<JobRunner>());
        var schedule = await Engine.CreateAsync(database, runner, jobs, options.Roles, options.Server, options.Time, logs, options.Engine, cancellation);
        var service = new NowcastService(options, database, schedule, kept, logs);
        try
        {
            await service._signOfLife.StartAsync(cancellation);
            await schedule.StartAsync(cancellation);
            kept?.Prepare();
            service._feed?.Start();
            return service;
        }
        catch (Exception)
        {
            await service.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _feed?.Dispose();
        await Schedule.DisposeAsync();
        if (_kept is not null)
            await _kept.DisposeAsync();
        await _signOfLife.DisposeAsync();
    }
}
