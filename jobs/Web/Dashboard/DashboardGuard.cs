using ConvLstm.Nowcast.Jobs.Web.Access;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>Lets those see the dashboard who may, and those change something who may do that.</summary>
internal sealed class DashboardGuard(AccessRules rules, StartToken token) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        // The pages show what only their readers may know, and nobody may put them into a frame to steal a click.
        http.Response.OnStarting(() =>
        {
            if (http.Response.Headers.CacheControl.Count == 0)
                http.Response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        });
        http.Response.Headers.ContentSecurityPolicy = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'";
        http.Response.Headers["Referrer-Policy"] = "same-origin";
        var has = rules.Of(http);
        var needs = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) ? AccessLevel.Look : AccessLevel.Operate;
        if (has < needs)
            return rules.Refuse(http, has);
        return token.Keep(http) ?? await next(context);
    }
}
