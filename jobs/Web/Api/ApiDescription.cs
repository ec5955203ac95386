using Microsoft.AspNetCore.OpenApi;

namespace ConvLstm.Nowcast.Jobs.Web.Api;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>.</summary>
internal static class ApiDescription
{
    internal static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "ConvLstm.Nowcast";
            document.Info.Description = "Rain of the next hour or two. Times are UTC, rates mm/h, probabilities 0 to 1, places degrees. Errors are application/problem+json.";
            // Where it is asked, not where the service believes to be.
            document.Servers?.Clear();
            return Task.CompletedTask;
        });
        options.ShouldInclude = endpoint => endpoint.RelativePath is { } path
            && (path.StartsWith("api/", StringComparison.Ordinal) || path.StartsWith("edr", StringComparison.Ordinal) || path.StartsWith("tiles/", StringComparison.Ordinal));
    }
}
