using ConvLstm.Nowcast.Jobs.Web.Api;

namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary>HEAD is answered as GET is, and the server leaves the body out (RFC 9110, section 9.3.2): monitors and caches ask so.</summary>
internal static class HeadRequests
{
    /// <summary>Goes before routing.</summary>
    internal static void UseHeadRequests(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // The stream of events has no end to wait for.
        if (HttpMethods.IsHead(context.Request.Method) && context.Request.Path != EventsEndpoint.Path)
            context.Request.Method = HttpMethods.Get;
        return next(context);
    });
}
