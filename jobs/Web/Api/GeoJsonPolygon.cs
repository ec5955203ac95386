using System.Globalization;
using System.Text.Json;

namespace ConvLstm.Nowcast.Jobs.Web.Api;

/// <summary>Polygons of GeoJSON, RFC 7946 §3.1.6.</summary>
internal static class GeoJsonPolygon
{
    private const string Form = """The body is a GeoJSON polygon: {"type":"Polygon","coordinates":[[[lon,lat], …]]}.""";

    /// <exception cref="BadHttpRequestException">It is no polygon on Earth.</exception>
    internal static IReadOnlyList<IReadOnlyList<(double Lon, double Lat)>> Read(JsonElement area)
    {
        if (area.ValueKind != JsonValueKind.Object || !area.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String
            || type.GetString() != "Polygon" || !area.TryGetProperty("coordinates", out var rings) || rings.ValueKind != JsonValueKind.Array)
            throw Refusals.Wrong(Form);
        // The one check of rings is that of well-known text.
        return WellKnownText.Polygon($"POLYGON({string.Join(',', rings.EnumerateArray().Select(Ring))})");
    }

    private static string Ring(JsonElement ring) => ring.ValueKind == JsonValueKind.Array
        ? $"({string.Join(',', ring.EnumerateArray().Select(Place))})"
        : throw Refusals.Wrong(Form);

    private static string Place(JsonElement place) =>
        place.ValueKind == JsonValueKind.Array && place.GetArrayLength() >= 2 && place[0].ValueKind == JsonValueKind.Number && place[1].ValueKind == JsonValueKind.Number
            ? string.Create(CultureInfo.InvariantCulture, $"{place[0].GetDouble():R} {place[1].GetDouble():R}")
            : throw Refusals.Wrong(Form);
}
