using System.Reflection;
using ConvLstm.Nowcast.Model.Checkpoints;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ConvLstm.Nowcast.Jobs.Web.Api;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>, from which clients are generated.</summary>
internal static class ApiDescription
{
    internal static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "ConvLstm.Nowcast";
            document.Info.Version = typeof(
                ApiDescription).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
                ?? Checkpoint.ThisProgram;
            document.Info.Description =
                "Rain of the next hour or two. Times are UTC, rates mm/h, probabilities 0 to 1, places degrees. Errors are "
                    + "application/problem+json.";
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            operation.OperationId ??= NameOf(context.Description.HttpMethod ?? "GET", context.Description.RelativePath ?? "");
            foreach (var (status, response) in operation.Responses ?? [])
            {
                if (status == "200" && response is OpenApiResponse { Content: not { Count: > 0 } } bare)
                {
                    var types = context.Description.ActionDescriptor.EndpointMetadata.OfType<IProducesResponseTypeMetadata>()
                        .Where(answer => answer.StatusCode == StatusCodes.Status200OK).SelectMany(answer => answer.ContentTypes)
                            .DefaultIfEmpty("application/json").Distinct();
                    bare.Content = types.ToDictionary(type => type, _ => new OpenApiMediaType());
                }
                // Files have no type of .NET to be described by, and other forms of an answer are not its type.
                if (status == "200" && response is OpenApiResponse { Content: { } contents })
                {
                    foreach (var (type, media) in contents)
                        media.Schema = media.Schema is null || type is RainAnswers.CsvType or RainAnswers.GeoJsonType ? SchemaOf(type)
                            : media.Schema;
                }
            }
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, _, _) =>
        {
            // The service reads numbers from text too, and writes numbers: what a client gets is a number.
            if (schema.Type is { } type && type.HasFlag(JsonSchemaType.String)
                && (type.HasFlag(JsonSchemaType.Number) || type.HasFlag(JsonSchemaType.Integer)))
                (schema.Type, schema.Pattern) = (type & ~JsonSchemaType.String, null);
            // Nor is a number ever "NaN" in an answer.
            if (schema.AnyOf?.FirstOrDefault(form => form.Type is { } one
                && (one & (JsonSchemaType.Number | JsonSchemaType.Integer)) != 0) is { Type: { } number })
                (schema.Type, schema.AnyOf) = (number & ~JsonSchemaType.String, null);
            return Task.CompletedTask;
        });
        options.ShouldInclude = endpoint => endpoint.RelativePath is { } path
            && (path.StartsWith("api/", StringComparison.Ordinal) || path.StartsWith("edr", StringComparison.Ordinal)
                || path.StartsWith("tiles/", StringComparison.Ordinal));
    }

    private static OpenApiSchema SchemaOf(string mediaType) =>
        mediaType.Contains("json", StringComparison.Ordinal) ? new() { Type = JsonSchemaType.Object }
        : mediaType.StartsWith("text/", StringComparison.Ordinal) || mediaType.Contains("xml", StringComparison.Ordinal) ? new()
        {
            Type = JsonSchemaType.String,
        }
        : new() { Type = JsonSchemaType.String, Format = "binary" };

    /// <summary>GET api/runs/{run}/frames/{minutes}.png is getRunsRunFramesMinutesPng.</summary>
    private static string NameOf(string method, string path)
    {
        var words = path.Split(['/', '{', '}', '.', '-', ':'], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word is not ("api" or "long" or "int"));
        return string.Concat(words.Select(word => char.ToUpperInvariant(word[0]) + word[1..]).Prepend(method.ToLowerInvariant()));
    }
}
