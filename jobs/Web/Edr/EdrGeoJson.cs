using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConvLstm.Nowcast.Jobs.Web.Edr;

/// <summary>
/// Answers as GeoJSON, RFC 7946: a point for each place and time; the parameters and the links to the other forms beside them, as EDR
/// wants it (/req/geojson/content).
/// </summary>
internal static class EdrGeoJson
{
    internal const string Type = "application/geo+json";

    internal static byte[] Write(EdrAnswer answer)
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 14);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", "FeatureCollection");
            json.WriteStartArray("features");
            foreach (var (place, lead) in Steps(answer))
                Feature(json, answer, place, lead);
            json.WriteEndArray();
            json.WritePropertyName("parameters");
            new JsonArray([.. answer.Parameters.Select(parameter => (JsonNode)parameter.Describe(isOfCollection: true))]).WriteTo(json);
            json.WritePropertyName("links");
            new JsonArray([.. EdrFormats.All.Select(format => (JsonNode)EdrCollections.Link(
                answer.Addresses[format.Name], format.Type == Type ? "self" : "alternate", format.Type))]).WriteTo(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static IEnumerable<(EdrPlace Place, int Lead)> Steps(EdrAnswer answer) => answer.Domain switch
    {
        EdrDomain.Places places => answer.Leads.SelectMany(_ => places.At, (lead, place) => (place, lead)),
        EdrDomain.Path path => path.Steps,
        EdrDomain.Raster raster => answer.Leads.SelectMany(_ => raster.Pixels.Select(
            (pixel, i) => new EdrPlace(raster.Lons[i % raster.Lons.Length], raster.Lats[i / raster.Lons.Length], pixel)),
                (lead, place) => (place, lead)),
        _ => throw new InvalidOperationException($"no such domain: {answer.Domain}"),
    };

    private static void Feature(Utf8JsonWriter json, EdrAnswer answer, EdrPlace place, int lead)
    {
        json.WriteStartObject();
        json.WriteString("type", "Feature");
        json.WriteStartObject("geometry");
        json.WriteString("type", "Point");
        json.WriteStartArray("coordinates");
        json.WriteNumberValue(place.Lon);
        json.WriteNumberValue(place.Lat);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("properties");
        json.WriteString("datetime", Times.Iso(answer.Run.ValidTime(lead)));
        foreach (var parameter in answer.Parameters)
        {
            json.WritePropertyName(parameter.Name);
            if (answer.Value(parameter, lead, place.Pixel) is { } value)
                json.WriteNumberValue(value);
            else
                json.WriteNullValue();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
