using System.Buffers;
using System.Text.Json;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Edr;

/// <summary>Answers as CoverageJSON 1.0, OGC 21-069r2, https://docs.ogc.org/cs/21-069r2/21-069r2.html.</summary>
internal static class CoverageJson
{
    internal const string Type = "application/prs.coverage+json";
    private const string Crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

    /// <summary>A place through time: domain type PointSeries, §9.11.</summary>
    internal static byte[] Point(PackedRun run, IReadOnlyList<int> leads, IReadOnlyList<EdrParameter> parameters, double lon, double lat, int pixel) =>
        Write(json =>
        {
            json.WriteString("domainType", "PointSeries");
            json.WriteStartObject("axes");
            Values(json, "x", lon);
            Values(json, "y", lat);
            Times(json, run, leads);
            json.WriteEndObject();
            Referencing(json, null);
        }, parameters, (json, parameter) =>
        {
            Shape(json, ("t", leads.Count));
            json.WriteStartArray("values");
            foreach (var lead in leads)
                Value(json, parameter.Value(run, lead, pixel));
            json.WriteEndArray();
        });

    /// <summary>The pixels of an area through time: domain type Grid, §9.3, in the grid's own projection; null outside the area.</summary>
    internal static byte[] Area(PackedRun run, IReadOnlyList<int> leads, IReadOnlyList<EdrParameter> parameters, PolygonPixels area) =>
        Write(json =>
        {
            json.WriteString("domainType", "Grid");
            json.WriteStartObject("axes");
            Regular(json, "x", run.Grid.CentreX(area.Column), run.Grid.CentreX(area.Column + area.Width - 1), area.Width);
            Regular(json, "y", run.Grid.CentreY(area.Row), run.Grid.CentreY(area.Row + area.Height - 1), area.Height);
            Times(json, run, leads);
            json.WriteEndObject();
            Referencing(json, run.Grid.IsGeographic ? null : run.Grid);
        }, parameters, (json, parameter) =>
        {
            Shape(json, ("t", leads.Count), ("y", area.Height), ("x", area.Width));
            json.WriteStartArray("values");
            foreach (var lead in leads)
            {
                for (var i = 0; i < area.Inside.Length; i++)
                {
                    var pixel = ((area.Row + (i / area.Width)) * run.Grid.Width) + area.Column + (i % area.Width);
                    Value(json, area.Inside[i] ? parameter.Value(run, lead, pixel) : null);
                }
            }
            json.WriteEndArray();
        });

    private static byte[] Write(Action<Utf8JsonWriter> domain, IReadOnlyList<EdrParameter> parameters, Action<Utf8JsonWriter, EdrParameter> range)
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 14);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", "Coverage");
            json.WriteStartObject("domain");
            json.WriteString("type", "Domain");
            domain(json);
            json.WriteEndObject();
            json.WriteStartObject("parameters");
            foreach (var parameter in parameters)
            {
                json.WritePropertyName(parameter.Name);
                parameter.WriteDescription(json);
            }
            json.WriteEndObject();
            json.WriteStartObject("ranges");
            foreach (var parameter in parameters)
            {
                json.WriteStartObject(parameter.Name);
                json.WriteString("type", "NdArray");
                json.WriteString("dataType", "float");
                range(json, parameter);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void Values(Utf8JsonWriter json, string axis, double value)
    {
        json.WriteStartObject(axis);
        json.WriteStartArray("values");
        json.WriteNumberValue(value);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Regular(Utf8JsonWriter json, string axis, double start, double stop, int count)
    {
        json.WriteStartObject(axis);
        json.WriteNumber("start", start);
        json.WriteNumber("stop", stop);
        json.WriteNumber("num", count);
        json.WriteEndObject();
    }

    private static void Times(Utf8JsonWriter json, PackedRun run, IReadOnlyList<int> leads)
    {
        json.WriteStartObject("t");
        json.WriteStartArray("values");
        foreach (var lead in leads)
            json.WriteStringValue(Web.Times.Iso(run.ValidTime(lead)));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <param name="json">Where to.</param>
    /// <param name="projected">Null for longitude and latitude.</param>
    private static void Referencing(Utf8JsonWriter json, RadarGrid? projected)
    {
        json.WriteStartArray("referencing");
        json.WriteStartObject();
        json.WriteStartArray("coordinates");
        json.WriteStringValue("x");
        json.WriteStringValue("y");
        json.WriteEndArray();
        json.WriteStartObject("system");
        json.WriteString("type", projected is null ? "GeographicCRS" : "ProjectedCRS");
        if (projected is null)
        {
            json.WriteString("id", Crs84);
        }
        else
        {
            json.WriteStartObject("description");
            json.WriteString("en", projected.Proj);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteStartArray("coordinates");
        json.WriteStringValue("t");
        json.WriteEndArray();
        json.WriteStartObject("system");
        json.WriteString("type", "TemporalRS");
        json.WriteString("calendar", "Gregorian");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Shape(Utf8JsonWriter json, params ReadOnlySpan<(string Axis, int Length)> axes)
    {
        json.WriteStartArray("axisNames");
        foreach (var (axis, _) in axes)
            json.WriteStringValue(axis);
        json.WriteEndArray();
        json.WriteStartArray("shape");
        foreach (var (_, length) in axes)
            json.WriteNumberValue(length);
        json.WriteEndArray();
    }

    private static void Value(Utf8JsonWriter json, float? value)
    {
        if (value is { } number)
            json.WriteNumberValue(number);
        else
            json.WriteNullValue();
    }
}
