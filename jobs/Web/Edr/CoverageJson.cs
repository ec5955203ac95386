using System.Buffers;
using System.Text.Json;

namespace ConvLstm.Nowcast.Jobs.Web.Edr;

/// <summary>Answers as CoverageJSON 1.0 in CRS84, OGC 21-069r2, https://docs.ogc.org/cs/21-069r2/21-069r2.html.</summary>
internal static class CoverageJson
{
    internal const string Type = "application/prs.coverage+json";
    internal const string Crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

    internal static byte[] Write(EdrAnswer answer)
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 14);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", "Coverage");
            json.WriteStartObject("domain");
            json.WriteString("type", "Domain");
            var shape = Domain(json, answer);
            Referencing(json);
            json.WriteEndObject();
            json.WriteStartObject("parameters");
            foreach (var parameter in answer.Parameters)
            {
                json.WritePropertyName(parameter.Name);
                parameter.Describe(isOfCollection: false).WriteTo(json);
            }
            json.WriteEndObject();
            json.WriteStartObject("ranges");
            foreach (var parameter in answer.Parameters)
                Range(json, answer, parameter, shape);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The domain types of §9: Grid 9.3, PointSeries 9.11, MultiPointSeries 9.12, Trajectory 9.13.</summary>
    private static (string Axis, int Length)[] Domain(Utf8JsonWriter json, EdrAnswer answer)
    {
        switch (answer.Domain)
        {
            case EdrDomain.Raster raster:
                Begin(json, "Grid");
                Regular(json, "x", raster.Lons);
                Regular(json, "y", raster.Lats);
                Times(json, answer);
                json.WriteEndObject();
                return [("t", answer.Leads.Count), ("y", raster.Lats.Length), ("x", raster.Lons.Length)];
            case EdrDomain.Path path:
                Begin(json, "Trajectory");
                Composite(json, ["t", "x", "y"], path.Steps, (step, _) =>
                {
                    json.WriteStringValue(Web.Times.Iso(answer.Run.ValidTime(step.Lead)));
                    json.WriteNumberValue(step.Place.Lon);
                    json.WriteNumberValue(step.Place.Lat);
                });
                json.WriteEndObject();
                return [("composite", path.Steps.Count)];
            case EdrDomain.Places { At: [var place] }:
                Begin(json, "PointSeries");
                Single(json, "x", place.Lon);
                Single(json, "y", place.Lat);
                Times(json, answer);
                json.WriteEndObject();
                return [("t", answer.Leads.Count)];
            case EdrDomain.Places places:
                Begin(json, "MultiPointSeries");
                Composite(json, ["x", "y"], places.At, (at, _) =>
                {
                    json.WriteNumberValue(at.Lon);
                    json.WriteNumberValue(at.Lat);
                });
                Times(json, answer);
                json.WriteEndObject();
                return [("t", answer.Leads.Count), ("composite", places.At.Count)];
            default:
                throw new InvalidOperationException($"no such domain: {answer.Domain}");
        }
    }

    private static void Begin(Utf8JsonWriter json, string type)
    {
        json.WriteString("domainType", type);
        json.WriteStartObject("axes");
    }

    private static void Single(Utf8JsonWriter json, string axis, double value)
    {
        json.WriteStartObject(axis);
        json.WriteStartArray("values");
        json.WriteNumberValue(value);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Regular(Utf8JsonWriter json, string axis, double[] values)
    {
        json.WriteStartObject(axis);
        json.WriteNumber("start", values[0]);
        json.WriteNumber("stop", values[^1]);
        json.WriteNumber("num", values.Length);
        json.WriteEndObject();
    }

    private static void Composite<T>(Utf8JsonWriter json, IReadOnlyList<string> coordinates, IReadOnlyList<T> tuples, Action<T, int> write)
    {
        json.WriteStartObject("composite");
        json.WriteString("dataType", "tuple");
        Strings(json, "coordinates", coordinates);
        json.WriteStartArray("values");
        for (var i = 0; i < tuples.Count; i++)
        {
            json.WriteStartArray();
            write(tuples[i], i);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Times(Utf8JsonWriter json, EdrAnswer answer)
    {
        json.WriteStartObject("t");
        Strings(json, "values", answer.Leads.Select(lead => Web.Times.Iso(answer.Run.ValidTime(lead))));
        json.WriteEndObject();
    }

    private static void Referencing(Utf8JsonWriter json)
    {
        json.WriteStartArray("referencing");
        json.WriteStartObject();
        Strings(json, "coordinates", ["x", "y"]);
        json.WriteStartObject("system");
        json.WriteString("type", "GeographicCRS");
        json.WriteString("id", Crs84);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject();
        Strings(json, "coordinates", ["t"]);
        json.WriteStartObject("system");
        json.WriteString("type", "TemporalRS");
        json.WriteString("calendar", "Gregorian");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Range(Utf8JsonWriter json, EdrAnswer answer, EdrParameter parameter, (string Axis, int Length)[] shape)
    {
        json.WriteStartObject(parameter.Name);
        json.WriteString("type", "NdArray");
        json.WriteString("dataType", "float");
        Strings(json, "axisNames", shape.Select(axis => axis.Axis));
        json.WriteStartArray("shape");
        foreach (var (_, length) in shape)
            json.WriteNumberValue(length);
        json.WriteEndArray();
        json.WriteStartArray("values");
        foreach (var value in answer.Values(parameter))
        {
            if (value is { } number)
                json.WriteNumberValue(number);
            else
                json.WriteNullValue();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
