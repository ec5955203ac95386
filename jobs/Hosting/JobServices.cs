using ConvLstm.Nowcast.Jobs.Ingest;
using ConvLstm.Nowcast.Jobs.Monitoring;
using ConvLstm.Nowcast.Storage;
using Hangfire;
using Hangfire.AspNetCore;
using Hangfire.Common;
using Hangfire.Server;
using Microsoft.Extensions.Hosting.Systemd;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>Hangfire (https://docs.hangfire.io) with the jobs of the service, as one server among those that share the work.</summary>
internal static class JobServices
{
    /// <param name="services">Of a web service, or of one that only works.</param>
    /// <param name="database">Stays the caller's.</param>
    /// <param name="options">What this server does.</param>
    internal static void AddJobs(this IServiceCollection services, NowcastDatabase database, ServiceOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(options.Settings);
        services.AddSingleton(database);
        services.AddSingleton(database.Jobs);
        // Who forecasts at each scan wants it soon; once an hour is not worth the memory.
        if (options.Settings.Jobs.Nowcast.OnNewScan)
            services.AddSingleton(new WarmWorkers(options.Settings, database, options.Roles, options.Time));
        services.AddSingleton<HangfireConnections>();
        services.AddSingleton(provider => HangfireStore.Open(provider.GetRequiredService<HangfireConnections>(), options.Timing,
            options.Settings.Jobs.Retention.History));
        services.AddSingleton<LeaseFilter>();
        services.AddSingleton<HistoryFilter>();
        services.AddSingleton(Filters);
        services.AddSingleton(provider =>
            new JobSchedule(provider.GetRequiredService<JobStorage>(), provider.GetRequiredService<IJobFilterProvider>(), options.Time));
        // Instead of Hangfire's static ones: a process may hold several services.
        services.AddSingleton<JobActivator>(provider => new AspNetCoreJobActivator(provider.GetRequiredService<IServiceScopeFactory>()));
        services.AddHangfire(configuration => configuration.UseSimpleAssemblyNameTypeSerializer().UseRecommendedSerializerSettings()
            .UseLogProvider(HangfireLog.Of(options.Settings.LogLevel)));
        services.AddHostedService<ScheduleStart>();
        services.AddSingleton<ISystemdNotifier, SystemdNotifier>();
        services.AddHostedService<SystemdNotifications>();
        services.AddTelemetry(options.IsWeb);
        if (Roles.QueuesOf(options.Roles) is { Length: > 0 } queues)
        {
            services.AddSingleton<IBackgroundProcess, ReaderWatch>();
            services.AddHangfireServer(server => Configure(server, queues, options));
            services.AddHostedService<FeedTrigger>();
        }
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Timing.Shutdown + options.Timing.Shutdown);
    }

    /// <summary>Those that stand above the jobs, and ours around all of them, in this order; Hangfire's own would try ten times.</summary>
    private static IJobFilterProvider Filters(IServiceProvider provider) => new JobFilterProviderCollection(
        new JobFilterAttributeFilterProvider(),
        new JobFilterCollection
        {
            { new QueuedOnceFilter(HangfireStore.ForQuestions(provider.GetRequiredService<NowcastDatabase>().DataSource)), 0 },
            { provider.GetRequiredService<LeaseFilter>(), 1 },
            { new TraceFilter(), 2 },
            { provider.GetRequiredService<HistoryFilter>(), 3 },
            // The graphs of the dashboard.
            { new StatisticsHistoryAttribute(), 4 },
        });

    private static void Configure(BackgroundJobServerOptions server, string[] queues, ServiceOptions options)
    {
        var schedule = options.Timing;
        server.ServerName = options.Server;
        server.Queues = queues;
        server.WorkerCount = schedule.Workers;
        server.SchedulePollingInterval = schedule.Poll;
        server.CancellationCheckInterval = schedule.CancellationPoll;
        server.HeartbeatInterval = schedule.Invisibility / 5;
        server.ServerCheckInterval = schedule.Invisibility;
        server.ServerTimeout = schedule.Invisibility + schedule.Invisibility;
        server.ShutdownTimeout = schedule.Shutdown;
    }
}
