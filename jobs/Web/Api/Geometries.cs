using System.Globalization;
using System.Text.Json;
using NetTopologySuite;
using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Implementation;
using NetTopologySuite.IO;
using NetTopologySuite.IO.Converters;
using NetTopologySuite.Operation.Valid;

namespace ConvLstm.Nowcast.Jobs.Web.Api;

/// <summary>
/// Places, lines and areas of questions, in degrees: well-known text and GeoJSON, read by NetTopologySuite and checked to be on Earth.
/// </summary>
internal static class Geometries
{
    internal const int MostVertices = 1000, Wgs84 = 4326;

    private const string PointForm = "A position is written coords=POINT(longitude latitude): two numbers, in degrees.";
    private const string LineForm = "A trajectory is written coords=LINESTRING(lon lat, lon lat, …), each place two numbers.";
    private const string AreaForm =
        "An area is written coords=POLYGON((lon lat, lon lat, lon lat, lon lat)), each place two numbers, the last of a ring the first "
            + "again.";
    private const string BodyForm = """The body is a GeoJSON polygon: {"type":"Polygon","coordinates":[[[lon,lat], …]]}.""";

    private static readonly NtsGeometryServices Services =
        new(CoordinateArraySequenceFactory.Instance, PrecisionModel.Floating.Value, Wgs84);

    private static readonly JsonSerializerOptions Json = new()
    {
        Converters = { new GeoJsonConverterFactory(Services.CreateGeometryFactory(Wgs84)) },
    };

    /// <summary>A point, or several.</summary>
    /// <exception cref="BadHttpRequestException">They are no points on Earth.</exception>
    internal static Geometry Places(string? text) =>
        Read<Geometry>(text, PointForm) is var places && places is IPuntal ? places : throw HttpErrors.BadRequest(PointForm);

    /// <exception cref="BadHttpRequestException">It is no line on Earth.</exception>
    internal static LineString Line(string? text) => Read<LineString>(text, LineForm);

    /// <summary>A polygon, or several.</summary>
    /// <exception cref="BadHttpRequestException">It is no area on Earth.</exception>
    internal static Geometry Area(string? text) => Valid(Read<Geometry>(text, AreaForm), AreaForm);

    /// <summary>The polygon of a body, or of the Feature that it is.</summary>
    /// <exception cref="BadHttpRequestException">It is no area on Earth.</exception>
    internal static Geometry Area(JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("type", out var type) && type.ValueEquals("Feature")
            && body.TryGetProperty("geometry", out var geometry))
            return Area(geometry);
        try
        {
            return Valid(OnEarth(body.Deserialize<Geometry>(Json) ?? throw HttpErrors.BadRequest(BodyForm)), BodyForm);
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException or InvalidOperationException)
        {
            throw HttpErrors.BadRequest(BodyForm);
        }
    }

    /// <summary>west,south,east,north as a polygon.</summary>
    /// <exception cref="BadHttpRequestException">It is no box on Earth.</exception>
    internal static Geometry Box(string text)
    {
        double[] numbers = [.. text.Split(',')
            .Select(n => double.TryParse(n, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw HttpErrors.BadRequest("A bbox is west,south,east,north in degrees."))];
        if (numbers is not [var west, var south, var east, var north])
            throw HttpErrors.BadRequest($"A bbox has four numbers, west,south,east,north; this one has {numbers.Length}.");
        PointEndpoints.Check(west, south);
        PointEndpoints.Check(east, north);
        if (west >= east || south >= north)
            throw HttpErrors.BadRequest("A bbox goes from west to east and from south to north; one over the date line is two.");
        return Services.CreateGeometryFactory(Wgs84).ToGeometry(new Envelope(west, east, south, north));
    }

    /// <summary>As GeoJSON, RFC 7946.</summary>
    internal static string ToGeoJson(Geometry geometry) => JsonSerializer.Serialize(geometry, Json);

    private static T Read<T>(string? text, string form)
        where T : Geometry
    {
        try
        {
            return OnEarth(new WKTReader(Services).Read(text ?? "")) as T ?? throw HttpErrors.BadRequest(form);
        }
        catch (Exception wrong) when (wrong is ParseException or ArgumentException)
        {
            throw HttpErrors.BadRequest($"{form} This one: {wrong.Message}");
        }
    }

    private static Geometry OnEarth(Geometry geometry)
    {
        if (geometry.IsEmpty)
            throw new ArgumentException("it holds no place.");
        if (geometry.NumPoints > MostVertices)
            throw HttpErrors.PayloadTooLarge($"A geometry of {geometry.NumPoints} vertices is too fine; at most {MostVertices}.");
        foreach (var place in geometry.Coordinates)
            PointEndpoints.Check(place.X, place.Y);
        return geometry;
    }

    private static Geometry Valid(Geometry area, string form)
    {
        if (area is not IPolygonal)
            throw HttpErrors.BadRequest(form);
        if (area.Area == 0)
            throw HttpErrors.BadRequest("The polygon has no area.");
        var check = new IsValidOp(area);
        return check.IsValid ? area : throw HttpErrors.BadRequest(
            string.Create(CultureInfo.InvariantCulture,
                $"The polygon is not sound: {check.ValidationError.Message} at {check.ValidationError.Coordinate.X:0.####} "
                + $"{check.ValidationError.Coordinate.Y:0.####}."));
    }
}
