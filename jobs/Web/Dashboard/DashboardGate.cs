using ConvLstm.Nowcast.Jobs.Web.Access;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>
/// Before Hangfire's dashboard: only those come through who may look. What they may change, the dashboard asks <see cref="Access"/>.
/// </summary>
internal sealed class DashboardGate(RequestDelegate next, AccessRules rules, StartToken token)
{
    /// <summary>
    /// Nothing from other hosts, nothing in frames of others, no script in a page; the dashboard colours its states in the markup.
    /// </summary>
    private const string Policy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action "
            + "'self'";

    public async Task InvokeAsync(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        // The pages show what only their readers may know; the style and the script, which have a version in their name, are everybody's.
        http.Response.OnStarting(() =>
        {
            if (http.Response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) != false)
                headers.CacheControl = "no-store";
            return Task.CompletedTask;
        });
        var has = rules.Of(http);
        http.Items[typeof(AccessLevel)] = has;
        if (has < AccessLevel.Look)
            await rules.Refuse(http, has).ExecuteAsync(http);
        else if (token.Keep(http) is { } withoutToken)
            await withoutToken.ExecuteAsync(http);
        else
            await next(http);
    }

    /// <summary>What who asks may do.</summary>
    internal static AccessLevel Access(HttpContext http) => http.Items[typeof(AccessLevel)] as AccessLevel? ?? AccessLevel.None;
}
