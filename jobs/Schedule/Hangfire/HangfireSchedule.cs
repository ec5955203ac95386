using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage;
using Hangfire;
using Hangfire.AspNetCore;
using Hangfire.Logging;
using Hangfire.Server;
using Hangfire.States;
using Hangfire.Storage;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Schedule.Hangfire;

/// <summary>
/// The schedule by Hangfire 1.8 (https://docs.hangfire.io): its store in PostgreSQL, roles as queues, recurring jobs that make up once for what was
/// missed. Retries and what waits already are ours (<see cref="HangfireRules"/>), as are leases, history and cancelling (<see cref="JobRunner"/>).
/// </summary>
internal sealed class HangfireSchedule : ISchedule
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<JobDefinition> _jobs;
    private readonly IReadOnlyList<string> _roles;
    private readonly HangfireDefinitions _definitions;
    private readonly BackgroundJobClient _client;
    private readonly Func<BackgroundJobServer> _start;
    private readonly CancellationTokenSource _stop = new();
    private BackgroundJobServer? _server;

    private HangfireSchedule(
        JobStorage store, NowcastDatabase database, JobRunner runner, IReadOnlyList<JobDefinition> jobs, IReadOnlyList<string> roles, string server, TimeProvider time, EngineOptions options)
    {
        (_jobs, _roles, Store) = (jobs, roles, store);
        var rules = new HangfireRules(jobs);
        _definitions = new(store, jobs, rules, time);
        _client = new(store, rules.Provider());
        _start = () => new BackgroundJobServer(
            new BackgroundJobServerOptions
            {
                ServerName = server,
                Queues = [.. roles.Where(role => role != Roles.Web)],
                // A job that waits for its lease holds a worker: each may have one at work and one that waits.
                WorkerCount = Math.Max(options.Workers, 2 * jobs.Count),
                Activator = new HangfireActivator(runner, database.Jobs, _stop.Token),
                FilterProvider = rules.Provider(),
                SchedulePollingInterval = PollInterval,
                CancellationCheckInterval = PollInterval,
                HeartbeatInterval = options.CheckIn,
                ServerCheckInterval = options.CheckIn,
                ServerTimeout = options.CheckIn + options.CheckInGrace,
                ShutdownTimeout = ShutdownTimeout,
            },
            store);
    }

    /// <summary>For the engine's own dashboard.</summary>
    internal JobStorage Store { get; }

    internal static async Task<HangfireSchedule> CreateAsync(
        NowcastDatabase database, JobRunner runner, IReadOnlyList<JobDefinition> jobs, IReadOnlyList<string> roles, string server,
        TimeProvider time, ILoggerFactory logs, EngineOptions options, CancellationToken cancellation)
    {
        if (!options.Clustered)
            throw new ReportedException("Hangfire keeps its schedule in the database: build with -p:JobEngine=Quartz for one in memory.");
        LogProvider.SetCurrentLogProvider(new AspNetCoreLogProvider(logs));
        var store = await AskAsync(() => HangfireStore.Open(database, options), cancellation);
        var schedule = new HangfireSchedule(store, database, runner, jobs, roles, server, time, options);
        runner.Trigger = schedule.TriggerAsync;
        return schedule;
    }

    public Task StartAsync(CancellationToken cancellation) => AskAsync(
        () =>
        {
            if (_roles.Contains(Roles.Scheduler))
                _definitions.Write();
            if (Roles.Work(_roles))
                _server = _start();
            return true;
        },
        cancellation);

    public async Task StopAsync(CancellationToken cancellation)
    {
        await _stop.CancelAsync();
        if (Interlocked.Exchange(ref _server, null) is not { } server)
            return;
        server.SendStop();
        await server.WaitForShutdownAsync(cancellation);
        server.Dispose();
    }

    public Task<IReadOnlyList<ScheduledJob>> JobsAsync(CancellationToken cancellation) => AskAsync(_definitions.List, cancellation);

    public Task TriggerAsync(string job, CancellationToken cancellation) =>
        AskAsync(() => _client.Create(HangfireDefinitions.RunOf(Known(job)), new EnqueuedState(Known(job).Role)), cancellation);

    public Task PauseAsync(string job, CancellationToken cancellation) => PauseAsync(job, true, cancellation);

    public Task ResumeAsync(string job, CancellationToken cancellation) => PauseAsync(job, false, cancellation);

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _stop.Dispose();
    }

    private Task PauseAsync(string job, bool isPaused, CancellationToken cancellation) => AskAsync(
        () =>
        {
            _definitions.Pause(Known(job), isPaused);
            return true;
        },
        cancellation);

    private JobDefinition Known(string job) =>
        _jobs.FirstOrDefault(j => j.Name == job) ?? throw new ReportedException($"There is no job '{job}' in the schedule: /jobs names those there are.");

    /// <summary>The engine's calls block, and so leave the caller's thread; what it says of its store becomes a line for a person.</summary>
    private static async Task<T> AskAsync<T>(Func<T> question, CancellationToken cancellation)
    {
        try
        {
            return await Task.Run(question, cancellation);
        }
        catch (Exception e) when (e is NpgsqlException or BackgroundJobClientException or DistributedLockTimeoutException or TimeoutException)
        {
            throw new ReportedException($"The schedule does not answer: {(e.InnerException ?? e).Message.Split('\n', 2)[0].TrimEnd()} Try again when the database is there.", e);
        }
    }
}
