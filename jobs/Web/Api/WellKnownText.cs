using System.Globalization;
using System.Text;

namespace ConvLstm.Nowcast.Jobs.Web.Api;

/// <summary>Places in addresses as well-known text: POINT and POLYGON in degrees, https://www.ogc.org/standard/sfa/, §7.</summary>
internal static class WellKnownText
{
    internal const int MostVertices = 1000;

    /// <exception cref="BadHttpRequestException">It is no point on Earth.</exception>
    internal static (double Lon, double Lat) Point(string? text)
    {
        var inner = Inner(text, "POINT") ?? throw Refusals.Wrong("A position is written coords=POINT(longitude latitude).");
        return Vertex(inner);
    }

    /// <summary>Outer ring first, then holes; each closed.</summary>
    /// <exception cref="BadHttpRequestException">It is no polygon on Earth.</exception>
    internal static IReadOnlyList<IReadOnlyList<(double Lon, double Lat)>> Polygon(string? text)
    {
        const string Form = "An area is written coords=POLYGON((lon lat, lon lat, lon lat, lon lat)), its last place the first again.";
        var inner = Inner(text, "POLYGON")?.Trim() ?? throw Refusals.Wrong(Form);
        if (inner.Length < 2 || inner[0] != '(' || inner[^1] != ')')
            throw Refusals.Wrong(Form);
        var rings = new List<IReadOnlyList<(double, double)>>();
        foreach (var part in inner[1..^1].Split(')'))
        {
            var ring = part.Trim().TrimStart(',').Trim();
            if (rings.Count > 0 && !ring.StartsWith('('))
                throw Refusals.Wrong(Form);
            rings.Add([.. ring.TrimStart('(').Split(',').Select(Vertex)]);
        }
        if (rings.Sum(ring => ring.Count) > MostVertices)
            throw Refusals.TooMuch($"An area of {rings.Sum(ring => ring.Count)} vertices is too fine; at most {MostVertices}.");
        foreach (var ring in rings)
            Check(ring);
        return rings;
    }

    /// <summary>As GeoJSON, for the database.</summary>
    internal static string GeoJson(IReadOnlyList<IReadOnlyList<(double Lon, double Lat)>> polygon)
    {
        var json = new StringBuilder("""{"type":"Polygon","coordinates":[""");
        json.AppendJoin(',', polygon.Select(ring => $"[{string.Join(',', ring.Select(p => FormattableString.Invariant($"[{p.Lon:R},{p.Lat:R}]")))}]"));
        return json.Append("]}").ToString();
    }

    /// <summary>west,south,east,north as a polygon.</summary>
    /// <exception cref="BadHttpRequestException">It is no box on Earth.</exception>
    internal static IReadOnlyList<IReadOnlyList<(double Lon, double Lat)>> Box(string text)
    {
        var numbers = text.Split(',').Select(n => Number(n, "A bbox is west,south,east,north in degrees.")).ToArray();
        if (numbers is not [var west, var south, var east, var north])
            throw Refusals.Wrong($"A bbox has four numbers, west,south,east,north; this one has {numbers.Length}.");
        PointEndpoints.Check(west, south);
        PointEndpoints.Check(east, north);
        if (west >= east || south >= north)
            throw Refusals.Wrong("A bbox goes from west to east and from south to north; one over the date line is two.");
        return [[(west, south), (east, south), (east, north), (west, north), (west, south)]];
    }

    private static void Check(IReadOnlyList<(double Lon, double Lat)> ring)
    {
        if (ring.Count < 4)
            throw Refusals.Wrong($"A ring of a polygon has at least 4 places, the last the first again; this one has {ring.Count}.");
        if (ring[0] != ring[^1])
            throw Refusals.Wrong("The last place of a ring is the first again.");
        var area = 0.0;
        for (var i = 1; i < ring.Count; i++)
            area += (ring[i - 1].Lon * ring[i].Lat) - (ring[i].Lon * ring[i - 1].Lat);
        if (area == 0)
            throw Refusals.Wrong("The polygon has no area.");
    }

    private static string? Inner(string? text, string kind)
    {
        var trimmed = text?.Trim() ?? "";
        if (!trimmed.StartsWith(kind, StringComparison.OrdinalIgnoreCase))
            return null;
        var rest = trimmed[kind.Length..].TrimStart();
        return rest.Length > 2 && rest[0] == '(' && rest[^1] == ')' ? rest[1..^1] : null;
    }

    private static (double Lon, double Lat) Vertex(string text)
    {
        const string Form = "A place is two numbers, longitude and latitude in degrees.";
        var parts = text.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 2)
            throw Refusals.Wrong(Form);
        var (lon, lat) = (Number(parts[0], Form), Number(parts[1], Form));
        PointEndpoints.Check(lon, lat);
        return (lon, lat);
    }

    private static double Number(string text, string form) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : throw Refusals.Wrong(form);
}
