using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using ConvLstm.Nowcast.Jobs.Settings;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>
/// Who may see and use the dashboard: without credentials in the settings only this machine, and nobody whom a proxy or a foreign name has led
/// here; with them whoever knows them (RFC 7617).
/// </summary>
internal sealed class DashboardGuard(NowcastSettings settings) : IEndpointFilter
{
    private static readonly string[] OfProxies = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"];

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
        if (Allows(http))
            return await next(context);
        return settings.Dashboard.HasCredentials
            ? Results.Problem("Name and password are asked for.", statusCode: StatusCodes.Status401Unauthorized)
            : Results.Problem("The dashboard is for this machine only: set NOWCAST_DASHBOARD__USER and NOWCAST_DASHBOARD__PASSWORD to open it to others.", statusCode: StatusCodes.Status403Forbidden);
    }

    /// <summary>Whether who asks may see the dashboard; where a name and a password would help, the answer asks for them.</summary>
    internal bool Allows(HttpContext http)
    {
        if (!settings.Dashboard.HasCredentials)
            return IsThisMachine(http);
        if (Knows(http.Request))
            return true;
        http.Response.Headers.WWWAuthenticate = "Basic realm=\"nowcast\", charset=\"UTF-8\"";
        return false;
    }

    // A page of another site can make a browser on this machine ask; the name it asks for gives it away.
    private static bool IsThisMachine(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from)
        && !OfProxies.Any(http.Request.Headers.ContainsKey)
        && (http.Request.Host.Host is "localhost" || (IPAddress.TryParse(http.Request.Host.Host.Trim('[', ']'), out var named) && IPAddress.IsLoopback(named)));

    private bool Knows(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header)
            || !string.Equals(header.Scheme, "Basic", StringComparison.OrdinalIgnoreCase) || header.Parameter is null)
            return false;
        var given = new byte[header.Parameter.Length];
        if (!Convert.TryFromBase64String(header.Parameter, given, out var length))
            return false;
        // Hashes are of one length, so that the time of the comparison tells nothing.
        var wanted = SHA256.HashData(Encoding.UTF8.GetBytes($"{settings.Dashboard.User}:{settings.Dashboard.Password}"));
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(given.AsSpan(0, length)), wanted);
    }
}
