namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary>
/// A question is whole before it takes a place among the heavy ones: who sends a body slowly keeps nobody waiting but himself. The server
/// ends connections that send less than 240 bytes a second (Kestrel's MinRequestBodyDataRate) and bodies above
/// <see cref="Limits.BodyBytes"/>.
/// </summary>
internal static class WholeBodies
{
    /// <summary>Goes before the limiter.</summary>
    internal static void UseWholeBodies(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (http.Request.ContentLength is null or 0 && http.Request.Headers.TransferEncoding.Count == 0)
        {
            await next(http);
            return;
        }
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        body.Position = 0;
        http.Request.Body = body;
        await next(http);
    });
}
