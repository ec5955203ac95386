using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Jobs;
using Hangfire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ConvLstm.Nowcast.Tests.Jobs.Hosting;

/// <summary>A server of the schedule in the process of the tests: the real engine on the real database.</summary>
internal sealed class Server : IAsyncDisposable
{
    private static int _number;
    private readonly IHost _host;

    private Server(IHost host) => _host = host;

    internal JobSchedule Schedule => _host.Services.GetRequiredService<JobSchedule>();

    internal IBackgroundJobClient Jobs => _host.Services.GetRequiredService<IBackgroundJobClient>();

    internal JobStorage Store => _host.Services.GetRequiredService<JobStorage>();

    internal static async Task<Server> StartAsync(
        NowcastDatabase database, IReadOnlyList<TestWork> works, CancellationToken cancellation, TimeProvider? time = null,
            IReadOnlyList<string>? roles = null, ScheduleOptions? options = null)
    {
        await HangfireTables.InstallAsync(database, cancellation);
        var builder = Host.CreateEmptyApplicationBuilder(new());
        Add(builder.Services, database, works, new NowcastSettings(), roles, time, options);
        var host = builder.Build();
        await host.StartAsync(cancellation);
        return new(host);
    }

    /// <summary>The jobs of a test, for a web service that works too.</summary>
    internal static void Add(
        IServiceCollection services, NowcastDatabase database, IReadOnlyList<TestWork> works, NowcastSettings settings,
        IReadOnlyList<string>? roles = null, TimeProvider? time = null,
        ScheduleOptions? options = null)
    {
        services.AddSingleton(works);
        services.AddJobs(database, new ServiceOptions
        {
            Settings = settings, Roles = roles ?? Roles.All, Jobs = [.. works.Select(w => w.Job)], Time = time ?? TimeProvider.System,
            Timing = options ?? new(),
            Server = $"server-{Interlocked.Increment(ref _number)}",
        });
    }

    /// <summary>A server that only asks for the jobs of the service.</summary>
    internal static async Task<Server> RemoteAsync(NowcastDatabase database, CancellationToken cancellation)
    {
        await HangfireTables.InstallAsync(database, cancellation);
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddJobs(database, new ServiceOptions { Settings = new NowcastSettings(), Roles = [Roles.Web] });
        var host = builder.Build();
        await host.StartAsync(cancellation);
        return new(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        if (_host is IAsyncDisposable host)
            await host.DisposeAsync();
    }
}

internal static class HistoryOfJobs
{
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
