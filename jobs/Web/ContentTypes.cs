namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary>
/// Every answer, errors too, is what its Content-Type says: no browser shall guess
/// (https://fetch.spec.whatwg.org/#x-content-type-options-header).
/// </summary>
internal static class ContentTypes
{
    internal static void UseContentTypesAsSaid(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        // At the last moment: whoever answers with an error clears the headers first.
        http.Response.OnStarting(() =>
        {
            http.Response.Headers.XContentTypeOptions = "nosniff";
            return Task.CompletedTask;
        });
        return next(http);
    });
}
