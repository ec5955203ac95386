using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Web.Access;
using Hangfire;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.DataProtection;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary><c>/hangfire</c>: Hangfire's dashboard with the pages of ours in its navigation; <c>/jobs</c> leads there.</summary>
internal static class DashboardSetup
{
    private const string Path = "/hangfire";

    /// <summary>Hangfire keeps these for the whole process, so they are added once, whatever services there are.</summary>
    private static readonly Lazy<bool> Extensions = new(() =>
    {
        DashboardRoutes.AddStylesheet(typeof(DashboardSetup).Assembly, "dashboard.css");
        DashboardRoutes.AddJavaScript(typeof(DashboardSetup).Assembly, "dashboard.js");
        RunPanel.Add();
        PauseCommands.Add();
        FeedsPage.Add();
        ModelsPage.Add();
        RunsPage.Add();
        FrontFigures.Add();
        return true;
    });

    internal static void AddServices(IServiceCollection services)
    {
        // A form does not outlive the server that made it; nothing is written to a disk.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddAntiforgery(options => (options.Cookie.Name, options.Cookie.SameSite,
            options.SuppressXFrameOptionsHeader) = ("nowcast-forms", SameSiteMode.Strict, true));
    }

    /// <summary>Before the routing.</summary>
    internal static void UseGate(IApplicationBuilder app) =>
        app.UseWhen(http => http.Request.Path.StartsWithSegments(Path), dashboard => dashboard.UseMiddleware<DashboardGate>());

    internal static void Map(IEndpointRouteBuilder routes)
    {
        _ = Extensions.Value;
        routes.MapGet("/jobs", () => Results.Redirect(Path)).ExcludeFromDescription();
        routes.MapHangfireDashboard(Path, new DashboardOptions
        {
            Authorization = [new ThroughTheGate()],
            IsReadOnlyFunc = context => DashboardGate.Access(context.GetHttpContext()) < AccessLevel.Operate,
            DisplayNameFunc = (_, job) => JobNames.Of(job),
            AppPath = "/",
            DashboardTitle = "nowcast",
            DisplayStorageConnectionString = false,
            DarkModeEnabled = true,
        }, routes.ServiceProvider.GetRequiredService<JobStorage>()).ExcludeFromDescription();
    }

    /// <summary>Without any, Hangfire would let in whoever comes from this machine.</summary>
    private sealed class ThroughTheGate : IDashboardAuthorizationFilter
    {
        public bool Authorize(DashboardContext context) => DashboardGate.Access(context.GetHttpContext()) >= AccessLevel.Look;
    }
}
