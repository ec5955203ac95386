using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage;
using Quartz;

namespace ConvLstm.Nowcast.Jobs.Schedule.Quartz;

/// <summary>
/// The schedule by Quartz.NET 4 (https://www.quartz-scheduler.net/documentation/quartz-4.x/): a clustered store in PostgreSQL, roles as
/// execution groups, its own retries, misfires and recovery.
/// </summary>
internal sealed class QuartzSchedule : ISchedule
{
    /// <summary>What all servers of a database share; its name in the tables.</summary>
    private const string Cluster = "nowcast";

    private const string TablePrefix = "nowcast_schedule.qrtz_";

    private readonly IReadOnlyList<JobDefinition> _jobs;
    private readonly IReadOnlyList<string> _roles;
    private readonly TimeProvider _time;
    private readonly IScheduler _scheduler;

    private QuartzSchedule(IScheduler scheduler, IReadOnlyList<JobDefinition> jobs, IReadOnlyList<string> roles, TimeProvider time)
    {
        (_scheduler, _jobs, _roles, _time) = (scheduler, jobs, roles, time);
    }

    internal static async Task<QuartzSchedule> CreateAsync(
        NowcastDatabase database, JobRunner runner, IReadOnlyList<JobDefinition> jobs, IReadOnlyList<string> roles, string server,
        TimeProvider time, ILoggerFactory logs, EngineOptions options, CancellationToken cancellation)
    {
        var builder = QuartzSchedulerBuilder.Create(quartz =>
        {
            quartz.Services.AddSingleton(logs);
            quartz.ConfigureScheduler(scheduler =>
            {
                (scheduler.InstanceName, scheduler.InstanceId) = (Cluster, server);
                scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always;
                foreach (var role in roles)
                    scheduler.ServedExecutionGroups.Add(role);
            });
            quartz.UseDefaultThreadPool(options.Workers);
            quartz.UseTimeProvider(time);
            quartz.UseJobFactory(new QuartzJobs(runner));
            if (options.Clustered)
                quartz.UsePersistentStore(store => Configure(store, database, options));
            else
                quartz.UseInMemoryStore(store => store.MisfireThreshold = options.MissedAfter);
        });
        var schedule = new QuartzSchedule(await builder.BuildScheduler(cancellation), jobs, roles, time);
        runner.Trigger = schedule.TriggerAsync;
        return schedule;
    }

    public async Task StartAsync(CancellationToken cancellation)
    {
        if (_roles.Contains(Roles.Scheduler))
            await QuartzDefinitions.WriteAsync(_scheduler, _jobs, _time, cancellation);
        if (Roles.Work(_roles))
            await _scheduler.Start(cancellation);
    }

    public async Task StopAsync(CancellationToken cancellation) => await _scheduler.Shutdown(waitForJobsToComplete: true, cancellation);

    public Task<IReadOnlyList<ScheduledJob>> JobsAsync(CancellationToken cancellation) => AskAsync(() => ListAsync(cancellation));

    public Task TriggerAsync(string job, CancellationToken cancellation) => AskAsync(() => FireOnceAsync(job, cancellation));

    public Task PauseAsync(string job, CancellationToken cancellation) =>
        AskAsync(async () => await _scheduler.PauseTrigger((await RegularAsync(job, cancellation)).Key, cancellation));

    public Task ResumeAsync(string job, CancellationToken cancellation) =>
        AskAsync(async () => await _scheduler.ResumeTrigger((await RegularAsync(job, cancellation)).Key, cancellation));

    private async Task<IReadOnlyList<ScheduledJob>> ListAsync(CancellationToken cancellation)
    {
        var jobs = new List<ScheduledJob>();
        foreach (var header in (await _scheduler.QueryTriggers(new TriggerQuery { Group = GroupMatcher<TriggerKey>.GroupEquals(QuartzDefinitions.Regular) }, cancellation)).Items)
        {
            if (await _scheduler.GetTrigger(header.Key, cancellation) is not ICronTrigger trigger)
                continue;
            var isPaused = header.State == TriggerState.Paused;
            jobs.Add(new(header.JobKey.Name, header.Description ?? "", QuartzDefinitions.CronOf(trigger), isPaused ? null : header.NextFireTimeUtc, isPaused));
        }
        return [.. jobs.OrderBy(j => j.Name, StringComparer.Ordinal)];
    }

    private async Task<bool> FireOnceAsync(string job, CancellationToken cancellation)
    {
        var regular = await RegularAsync(job, cancellation);
        var waiting = (await _scheduler.QueryTriggers(new TriggerQuery { Job = new JobKey(job), Group = GroupMatcher<TriggerKey>.GroupEquals(QuartzDefinitions.Once) }, cancellation)).Items;
        if (waiting.Any(t => t.State is TriggerState.Normal or TriggerState.Blocked))
            return true;
        var once = TriggerBuilder.Create(_time).WithIdentity($"{job}-{Guid.NewGuid():N}", QuartzDefinitions.Once).ForJob(new JobKey(job))
            .WithExecutionGroup(regular.ExecutionGroup!).StartNow();
        if (regular.RetryPolicy is { } policy)
            once = once.WithRetryPolicy(policy);
        await _scheduler.ScheduleTrigger(once.Build(), TriggerConflict.Throw, cancellation);
        return true;
    }

    /// <summary>What the engine says of its store becomes a line for a person.</summary>
    private static async Task<T> AskAsync<T>(Func<Task<T>> question)
    {
        try
        {
            return await question();
        }
        catch (SchedulerException e)
        {
            throw new ReportedException($"The schedule does not answer: {e.Message.Split('\n', 2)[0].TrimEnd()} Try again when the database is there.", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_scheduler.Status != SchedulerStatus.Shutdown)
            await _scheduler.Shutdown(waitForJobsToComplete: true);
    }

    private async Task<ITrigger> RegularAsync(string job, CancellationToken cancellation) =>
        await _scheduler.GetTrigger(QuartzDefinitions.KeyOf(job), cancellation)
            ?? throw new ReportedException($"There is no job '{job}' in the schedule: /jobs names those there are.");

    private static void Configure(IPersistentStoreBuilder store, NowcastDatabase database, EngineOptions options)
    {
        store.UsePostgres(source => source.DataSourceFactory = _ => database.DataSource);
        store.UseClustering(cluster => (cluster.CheckinInterval, cluster.CheckinMisfireThreshold) = (options.CheckIn, options.CheckInGrace));
        store.ConfigureStore(s =>
        {
            s.TablePrefix = TablePrefix;
            s.MisfireThreshold = options.MissedAfter;
            s.DbRetryInterval = options.DatabaseRetry;
            s.RecoverFiringsCancelledByShutdown = true;
        });
    }
}
