using ConvLstm.Nowcast.Jobs.Web.Access;
using Hangfire.Dashboard;

namespace ConvLstm.Nowcast.Jobs.Schedule.Hangfire;

/// <summary>Who may use <c>/jobs</c> may use <c>/hangfire</c>.</summary>
internal sealed class HangfireGuard : IDashboardAuthorizationFilter
{
    public bool Authorize(DashboardContext context)
    {
        var http = context.GetHttpContext();
        http.Response.Headers.CacheControl = "no-store";
        // Nobody may put it into a frame to steal a click.
        http.Response.Headers.ContentSecurityPolicy = "frame-ancestors 'none'; form-action 'self'";
        return http.RequestServices.GetRequiredService<AccessRules>().Of(http) == AccessLevel.Operate;
    }
}
