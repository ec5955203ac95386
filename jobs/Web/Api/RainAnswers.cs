using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace ConvLstm.Nowcast.Jobs.Web.Api;

/// <summary>Rain through the leads of a run, and which run that is.</summary>
/// <param name="Origin">The run.</param>
/// <param name="Leads">One for each map.</param>
internal sealed record RainAnswer<TLead>(RunOrigin Origin, IReadOnlyList<TLead> Leads);

/// <summary>An answer as JSON, as CSV with a line for each lead, or as GeoJSON of the place it is about.</summary>
internal static partial class RainAnswers
{
    internal const string Parameter = "json (when left out), csv or geojson.", CsvType = "text/csv", GeoJsonType = "application/geo+json";

    /// <exception cref="BadHttpRequestException">There is no such form.</exception>
    internal static IResult As<TLead>(HttpContext context, string? form, RainAnswer<TLead> answer, Func<string> geoJson) => form switch
    {
        null or "json" => TypedResults.Ok(answer),
        "csv" => TypedResults.Text(Csv(context, answer), CsvType, Encoding.UTF8),
        "geojson" => TypedResults.Text(Feature(context, answer, geoJson()), GeoJsonType, Encoding.UTF8),
        _ => throw HttpErrors.BadRequest("f is json, csv or geojson."),
    };

    /// <summary>RFC 4180: the columns of the run, then those of the lead; null is empty.</summary>
    private static string Csv<TLead>(HttpContext context, RainAnswer<TLead> answer)
    {
        var json = Options(context);
        var run = JsonSerializer.SerializeToNode(answer.Origin, json)!.AsObject();
        var text = new StringBuilder();
        foreach (var lead in answer.Leads)
        {
            var row = JsonSerializer.SerializeToNode(lead, json)!.AsObject();
            if (text.Length == 0)
                text.AppendJoin(',', run.Concat(row).Select(column => Snake(column.Key))).Append("\r\n");
            text.AppendJoin(',', run.Concat(row).Select(column => Field(column.Value))).Append("\r\n");
        }
        return text.ToString();
    }

    private static string Feature<TLead>(HttpContext context, RainAnswer<TLead> answer, string geometry) => new JsonObject
    {
        ["type"] = "Feature",
        ["geometry"] = JsonNode.Parse(geometry),
        ["properties"] = JsonSerializer.SerializeToNode(answer, Options(context)),
    }.ToJsonString();

    private static JsonSerializerOptions Options(HttpContext context) =>
        context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;

    private static string Field(JsonNode? value)
    {
        var text = value?.ToString() ?? "";
        return text.AsSpan().ContainsAny(',', '"', '\n') ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    /// <summary>rainMmH to rain_mm_h and p01 to p_0_1, as the columns of nowcast.rain_at are named.</summary>
    private static string Snake(string name) => Probability().Replace(JsonNamingPolicy.SnakeCaseLower.ConvertName(name),
        match => match.Value[1] == '0' ? $"p_0_{match.Value[2..]}" : $"p_{match.Value[1..]}");

    [GeneratedRegex("^p[0-9]+$")]
    private static partial Regex Probability();
}
