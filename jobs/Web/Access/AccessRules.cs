using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using ConvLstm.Nowcast.Jobs.Settings;
using Microsoft.AspNetCore.Connections.Features;

namespace ConvLstm.Nowcast.Jobs.Web.Access;

/// <summary>
/// Who may do what. Where a question comes from proves nothing: a proxy on this machine brings everybody's, and a page of another site
/// makes a browser on it ask. What counts is a secret (a password, that of a proxy which has asked for one, the token of the start) or
/// the file permissions of a Unix socket.
/// </summary>
internal sealed class AccessRules(NowcastSettings settings, StartToken token, FailedLogins failures)
{
    /// <summary>The header by which a proxy says that it knows who asks.</summary>
    internal const string ProxyHeader = "X-Nowcast-Proxy-Secret";

    /// <exception cref="BadHttpRequestException">Too many wrong secrets came from there.</exception>
    internal AccessLevel Of(HttpContext http)
    {
        var dashboard = settings.Dashboard;
        var least = dashboard.Public ? AccessLevel.Look : AccessLevel.None;
        if (CameByUnixSocket(http))
            return AccessLevel.Operate;
        var from = http.Connection.RemoteIpAddress ?? IPAddress.None;
        if (token.IsOfBrowser(http))
            return AccessLevel.Operate;
        if (http.Request.Headers[ProxyHeader].ToString() is { Length: > 0 } said && dashboard.ProxySecret is { Length: > 0 } secret)
            return Judge(from, Same(said, secret) ? AccessLevel.Operate : null);
        if (token.IsGiven(http) is { } isRight)
            return Judge(from, isRight ? AccessLevel.Operate : null);
        if (BasicCredentials.Of(http.Request) is { } given && dashboard.HasCredentials)
            return Judge(from, Same(given, $"{dashboard.User}:{dashboard.Password}") ? AccessLevel.Operate : IsViewer(given)
                ? AccessLevel.Look : null);
        return least;

        bool IsViewer(string given) => dashboard.HasViewer && Same(given, $"{dashboard.ViewerUser}:{dashboard.ViewerPassword}");
    }

    /// <summary>Says how to get in to who may not.</summary>
    internal IResult Refuse(HttpContext http, AccessLevel has)
    {
        if (!settings.Dashboard.HasCredentials)
        {
            return Results.Problem(token.IsInUse
                ? "Open the address that the service printed when it started, or set NOWCAST_DASHBOARD__USER and "
                    + "NOWCAST_DASHBOARD__PASSWORD."
                : "Only the proxy before this service lets people in.", statusCode: StatusCodes.Status403Forbidden);
        }
        if (has == AccessLevel.Look && BasicCredentials.Of(http.Request) is not null)
            return Results.Problem("This name and password may look, and change nothing.", statusCode: StatusCodes.Status403Forbidden);
        http.Response.Headers.WWWAuthenticate = BasicCredentials.Challenge;
        return Results.Problem("Name and password are asked for.", statusCode: StatusCodes.Status401Unauthorized);
    }

    /// <summary>Hashes are of one length, so that the time of the comparison tells nothing.</summary>
    internal static bool Same(string given, string wanted) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)),
            SHA256.HashData(Encoding.UTF8.GetBytes(wanted)));

    private AccessLevel Judge(IPAddress from, AccessLevel? level)
    {
        failures.Check(from);
        if (level is null)
            failures.Note(from);
        return level ?? AccessLevel.None;
    }

    private static bool CameByUnixSocket(HttpContext http) =>
        http.Features.Get<IConnectionSocketFeature>()?.Socket.LocalEndPoint is UnixDomainSocketEndPoint;
}
