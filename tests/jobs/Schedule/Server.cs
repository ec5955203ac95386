using ConvLstm.Nowcast.Jobs.Schedule;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Jobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConvLstm.Nowcast.Tests.Jobs.Schedule;

/// <summary>A server of the schedule in the process of the tests: the real engine on the real database.</summary>
internal static class Server
{
    private static int _number;

    internal static async Task<ISchedule> StartAsync(
        NowcastDatabase database, IReadOnlyList<JobDefinition> jobs, CancellationToken cancellation, TimeProvider? time = null, IReadOnlyList<string>? roles = null,
        EngineOptions? options = null)
    {
        var name = $"server-{Interlocked.Increment(ref _number)}";
        time ??= TimeProvider.System;
        var runner = new JobRunner(database, jobs, name, time, NullLogger.Instance);
        var schedule = await Engine.CreateAsync(
            database, runner, jobs, roles ?? Roles.All, name, time, NullLoggerFactory.Instance, options ?? new EngineOptions(), cancellation);
        await schedule.StartAsync(cancellation);
        return schedule;
    }

    /// <summary>Waits until the history of a job is as the test expects.</summary>
    internal static async Task<IReadOnlyList<JobRun>> UntilAsync(
        this NowcastDatabase database, string job, Func<IReadOnlyList<JobRun>, bool> isSo, CancellationToken cancellation)
    {
        while (true)
        {
            var runs = await database.Jobs.ListAsync(job, 100, cancellation);
            if (isSo(runs))
                return runs;
            await Task.Delay(50, cancellation);
        }
    }
}
