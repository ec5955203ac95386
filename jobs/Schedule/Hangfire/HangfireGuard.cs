using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Web.Dashboard;
using Hangfire.Dashboard;

namespace ConvLstm.Nowcast.Jobs.Schedule.Hangfire;

/// <summary>Who may see <c>/jobs</c> may see <c>/hangfire</c>.</summary>
internal sealed class HangfireGuard(NowcastSettings settings) : IDashboardAuthorizationFilter
{
    private readonly DashboardGuard _guard = new(settings);

    public bool Authorize(DashboardContext context)
    {
        var http = context.GetHttpContext();
        http.Response.Headers.CacheControl = "no-store";
        // Nobody may put it into a frame to steal a click.
        http.Response.Headers.ContentSecurityPolicy = "frame-ancestors 'none'; form-action 'self'";
        return _guard.Allows(http);
    }
}
