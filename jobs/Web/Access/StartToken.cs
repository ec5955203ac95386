using System.Security.Cryptography;
using ConvLstm.Nowcast.Jobs.Settings;
using Microsoft.AspNetCore.WebUtilities;

namespace ConvLstm.Nowcast.Jobs.Web.Access;

/// <summary>
/// The secret of one start, for who has started the service and set no credentials: printed as part of an address, and kept by the
/// browser that opened it in a cookie. It dies with the process.
/// </summary>
internal sealed class StartToken(NowcastSettings settings)
{
    private const string Parameter = "token";

    private readonly string _value = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    /// <summary>Without credentials and without a proxy that asks for them.</summary>
    internal bool IsInUse { get; } = !settings.Dashboard.HasCredentials && string.IsNullOrEmpty(settings.Dashboard.ProxySecret);

    /// <summary>The page under this address, for a person to open.</summary>
    internal string Address(string url, string path) => $"{url.TrimEnd('/')}{path}?{Parameter}={_value}";

    /// <summary>The browser was let in before.</summary>
    internal bool IsOfBrowser(HttpContext http) => IsInUse && http.Request.Cookies[Cookie] is { } kept && AccessRules.Same(kept, _value);

    /// <summary>Whether the token of the address or of the header is right; null where there is none.</summary>
    internal bool? IsGiven(HttpContext http) =>
        IsInUse && (Query(http) ?? Bearer(http)) is { } given ? AccessRules.Same(given, _value) : null;

    /// <summary>
    /// Keeps the token of the address, so that it need not stand there: where that is so, the answer leads to the address without it.
    /// </summary>
    internal IResult? Keep(HttpContext http)
    {
        if (Query(http) is null || !HttpMethods.IsGet(http.Request.Method))
            return null;
        http.Response.Cookies.Append(Cookie, _value,
            new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, IsEssential = true });
        return Results.Redirect(http.Request.PathBase + http.Request.Path);
    }

    // Cookies know no ports: two services on one machine must not take theirs from each other.
    private string Cookie { get; } = $"nowcast-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";

    private static string? Query(HttpContext http) => http.Request.Query[Parameter] is [{ Length: > 0 } given] ? given : null;

    private static string? Bearer(HttpContext http) =>
        http.Request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? header["Bearer ".Length..].Trim() : null;
}
