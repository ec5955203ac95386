using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;
using Cronos;
using Hangfire;
using Hangfire.Common;
using Hangfire.Server;
using Microsoft.Extensions.DependencyInjection;

namespace ConvLstm.Nowcast.Tests.Jobs.Hosting;

/// <summary>
/// The jobs of the service at their times, one after the other, by a clock of the test: the same classes with the same filters, their cron
/// expressions read by the library that Hangfire reads them with.
/// </summary>
internal sealed class SimulatedSchedule : IAsyncDisposable
{
    /// <summary>Numbers that the engine has not given to a job.</summary>
    private long _number = 1_000_000_000;

    private readonly IReadOnlyList<DueJob> _jobs;
    private readonly SimulatedTime _time;
    private readonly ServiceProvider _services;
    private readonly BackgroundJobPerformer _performer;

    internal SimulatedSchedule(NowcastDatabase database, NowcastSettings settings, SimulatedTime time)
    {
        (_jobs, _time) = (JobCatalog.Of(settings), time);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddJobs(database, new ServiceOptions { Settings = settings, Roles = [Roles.Web], Time = time });
        _services = services.BuildServiceProvider();
        _performer = new(_services.GetRequiredService<IJobFilterProvider>(), _services.GetRequiredService<JobActivator>());
    }

    /// <summary>The next time that a job is due, and the jobs that are due then.</summary>
    internal (DateTimeOffset At, IReadOnlyList<DueJob> Due) Next()
    {
        var now = _time.GetUtcNow();
        var next = _jobs.Select(job => (Job: job, At: CronExpression.Parse(job.Cron).GetNextOccurrence(now, TimeZoneInfo.Utc)!.Value))
            .ToArray();
        var at = next.Min(n => n.At);
        return (at, [.. next.Where(n => n.At == at).Select(n => n.Job)]);
    }

    /// <summary>Runs a job as the engine does.</summary>
    internal Task RunAsync(DueJob job, CancellationToken cancellation) => Task.Run(
        () =>
        {
            using var connection = _services.GetRequiredService<JobStorage>().GetConnection();
            var background = new BackgroundJob($"{_number++}", job.Job, _time.GetUtcNow().UtcDateTime);
            _performer.Perform(new PerformContext(_services.GetRequiredService<JobStorage>(), connection, background,
                new JobCancellationToken(false)));
        },
        cancellation);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
