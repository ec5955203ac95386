using ConvLstm.Nowcast.Jobs.Schedule.Quartz;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Schedule;

/// <summary>The engine that this build has: Quartz.NET.</summary>
internal static class Engine
{
    internal static async Task<ISchedule> CreateAsync(
        NowcastDatabase database, JobRunner runner, IReadOnlyList<JobDefinition> jobs, IReadOnlyList<string> roles, string server,
        TimeProvider time, ILoggerFactory logs, EngineOptions options, CancellationToken cancellation) =>
        await QuartzSchedule.CreateAsync(database, runner, jobs, roles, server, time, logs, options, cancellation);

    /// <summary>Nothing: <c>/jobs</c> is all there is.</summary>
    internal static void AddDashboard(IServiceCollection services, ISchedule schedule)
    {
        // It has no dashboard of its own.
    }

    /// <summary>Nothing.</summary>
    internal static void MapDashboard(IEndpointRouteBuilder routes, NowcastSettings settings)
    {
        // It has no dashboard of its own.
    }
}
