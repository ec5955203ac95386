using ConvLstm.Nowcast.Jobs.Schedule.Hangfire;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;
using Hangfire;

namespace ConvLstm.Nowcast.Jobs.Schedule;

/// <summary>The engine that this build has: Hangfire (-p:JobEngine=Hangfire).</summary>
internal static class Engine
{
    internal static async Task<ISchedule> CreateAsync(
        NowcastDatabase database, JobRunner runner, IReadOnlyList<JobDefinition> jobs, IReadOnlyList<string> roles, string server,
        TimeProvider time, ILoggerFactory logs, EngineOptions options, CancellationToken cancellation) =>
        await HangfireSchedule.CreateAsync(database, runner, jobs, roles, server, time, logs, options, cancellation);

    /// <summary>What its dashboard needs of the web service; forms and their tokens are those of <c>/jobs</c>.</summary>
    internal static void AddDashboard(IServiceCollection services, ISchedule schedule)
    {
        if (schedule is HangfireSchedule { Store: var store })
            services.AddHangfire(configuration => configuration.UseStorage(store));
    }

    /// <summary>Its dashboard at <c>/hangfire</c>, for those who may see <c>/jobs</c>.</summary>
    internal static void MapDashboard(IEndpointRouteBuilder routes, NowcastSettings settings)
    {
        if (routes.ServiceProvider.GetService<JobStorage>() is not { } store)
            return;
        var options = new DashboardOptions { Authorization = [new HangfireGuard()], AppPath = "/jobs", DashboardTitle = "ConvLstm.Nowcast", DisplayStorageConnectionString = false };
        routes.MapHangfireDashboard("/hangfire", options, store);
    }
}
