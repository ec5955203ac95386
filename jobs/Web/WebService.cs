using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Monitoring;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Web.Access;
using ConvLstm.Nowcast.Jobs.Web.Dashboard;
using ConvLstm.Nowcast.Jobs.Web.Page;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary>The web service: the map, the quality page, the API, health, metrics and the dashboard of the jobs.</summary>
internal static class WebService
{
    /// <summary>Makes the service; start it with <c>RunAsync</c> or <c>StartAsync</c>.</summary>
    /// <param name="database">Stays the caller's.</param>
    /// <param name="urls">Where to listen, such as http://127.0.0.1:5080 (port 0 takes a free one) or
    /// http://unix:/run/nowcast/web.sock.</param>
    /// <param name="settings">Limits and what else can be set; null for those of the installation.</param>
    /// <param name="jobs">Adds the jobs, which the dashboard shows; null for none.</param>
    /// <exception cref="ReportedException">The address cannot be listened on.</exception>
    internal static WebApplication Build(NowcastDatabase database, string urls, NowcastSettings? settings = null,
        Action<IServiceCollection>? jobs = null)
    {
        if (!urls.Split(';').All(IsAddress))
            throw new ReportedException(
                $"'{urls}' is no address to listen on: write it like http://127.0.0.1:5080 or http://unix:/run/nowcast/web.sock (--urls or "
                    + "NOWCAST_URLS); for https put a proxy before it.");
        settings ??= NowcastSettings.Load();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(urls);
        builder.WebHost.UseSockets(UnixSocket.Configure);
        ServiceLog.Configure(builder.Logging, settings.LogLevel);
        // An address that cannot be listened on is the caller's to report, in one line.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.AddProblemDetails(problems => problems.CustomizeProblemDetails = Problems.Complete);
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        if (jobs is null)
        {
            builder.Services.AddSingleton(database);
            builder.Services.AddSingleton(settings);
            builder.Services.AddTelemetry(isWeb: true);
        }
        builder.Services.AddSingleton<RecurringQuestions>();
        builder.Services.AddSingleton<ServiceGauges>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<ServiceGauges>());
        builder.Services.AddSingleton<FailedLogins>();
        builder.Services.AddSingleton<StartToken>();
        builder.Services.AddSingleton<AccessRules>();
        builder.AddWebApi(settings);
        if (jobs is not null)
        {
            jobs(builder.Services);
            DashboardSetup.AddServices(builder.Services);
        }
        var app = builder.Build();
        app.UseContentTypesAsSaid();
        app.UseExceptionHandler(Problems.Handler);
        app.UseStatusCodePages(PageEndpoints.AnswerWithoutBodyAsync);
        app.UseHeadRequests();
        if (jobs is not null)
            DashboardSetup.UseGate(app);
        app.UseRouting();
        app.UseWebApi(settings);
        StatusEndpoint.Map(app);
        LatestForecastEndpoint.Map(app);
        HealthEndpoint.Map(app);
        app.MapPrometheusScrapingEndpoint(Telemetry.MetricsPath);
        if (jobs is not null)
            DashboardSetup.Map(app);
        return app;
    }

    private static bool IsAddress(string url) =>
        Uri.TryCreate(url.Replace("*", "any", StringComparison.Ordinal), UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp;
}
