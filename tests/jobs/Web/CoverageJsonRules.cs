using System.Globalization;
using System.Text.Json;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>
/// What OGC 21-069r2 (CoverageJSON 1.0) and its JSON schema demand of a Coverage of the domain types Grid, PointSeries, MultiPointSeries
/// and Trajectory in CRS84: https://docs.ogc.org/cs/21-069r2/21-069r2.html, clauses 6 to 9.
/// </summary>
internal static class CoverageJsonRules
{
    internal static void Check(JsonElement coverage)
    {
        Assert.Equal("Coverage", coverage.GetProperty("type").GetString());
        var domain = coverage.GetProperty("domain");
        Assert.Equal("Domain", domain.GetProperty("type").GetString());
        var lengths = CheckAxes(domain);
        CheckReferencing(domain);
        var parameters = coverage.GetProperty("parameters").EnumerateObject().ToList();
        Assert.NotEmpty(parameters);
        Assert.All(parameters, parameter => CheckParameter(parameter.Value));
        // Clause 6.4: a range for each parameter, under its name.
        Assert.Equal(parameters.Select(p => p.Name), coverage.GetProperty("ranges").EnumerateObject().Select(range => range.Name));
        Assert.All(coverage.GetProperty("ranges").EnumerateObject(), range => CheckRange(range.Value, lengths));
    }

    /// <summary>
    /// Clause 6.2 and 9: an axis has values, or start, stop and num, or tuples of the axes that it is composed of; each domain type has
    /// axes of its own.
    /// </summary>
    private static Dictionary<string, int> CheckAxes(JsonElement domain)
    {
        var axes = domain.GetProperty("axes");
        var lengths = axes.EnumerateObject().ToDictionary(axis => axis.Name, axis => LengthOf(axis.Value));
        var type = domain.GetProperty("domainType").GetString()!;
        Assert.Equal(AxesOf[type], lengths.Keys.Order());
        if (type == "PointSeries")
            Assert.Equal((1, 1), (lengths["x"], lengths["y"]));
        if (type is "MultiPointSeries" or "Trajectory")
            CheckTuples(axes.GetProperty("composite"), type == "Trajectory" ? ["t", "x", "y"] : ["x", "y"]);
        string[] times = type == "Trajectory"
            ? [.. axes.GetProperty("composite").GetProperty("values").EnumerateArray().Select(tuple => tuple[0].GetString()!)]
            : [.. axes.GetProperty("t").GetProperty("values").EnumerateArray().Select(time => time.GetString()!)];
        Assert.All(times, time => DateTimeOffset.ParseExact(time, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        Assert.Equal((type == "Trajectory" ? times : times.Distinct()).Order(StringComparer.Ordinal), times);
        return lengths;
    }

    private static readonly Dictionary<string, string[]> AxesOf = new()
    {
        ["Grid"] = ["t", "x", "y"], ["PointSeries"] = ["t", "x", "y"], ["MultiPointSeries"] = ["composite", "t"],
        ["Trajectory"] = ["composite"],
    };

    private static void CheckTuples(JsonElement composite, string[] coordinates)
    {
        Assert.Equal("tuple", composite.GetProperty("dataType").GetString());
        Assert.Equal(coordinates, composite.GetProperty("coordinates").EnumerateArray().Select(name => name.GetString()!));
        Assert.All(composite.GetProperty("values").EnumerateArray(), tuple =>
        {
            Assert.Equal(coordinates.Length, tuple.GetArrayLength());
            Assert.InRange(tuple[coordinates.Length - 2].GetDouble(), -180, 180);
            Assert.InRange(tuple[coordinates.Length - 1].GetDouble(), -90, 90);
        });
    }

    private static int LengthOf(JsonElement axis)
    {
        if (axis.TryGetProperty("values", out var values))
        {
            Assert.True(axis.EnumerateObject().Count() == (axis.TryGetProperty("dataType", out _) ? 3 : 1), axis.ToString());
            return values.GetArrayLength();
        }
        Assert.Equal(["num", "start", "stop"], axis.EnumerateObject().Select(property => property.Name).Order());
        var num = axis.GetProperty("num").GetInt32();
        Assert.True(num > 0);
        if (num == 1)
            Assert.Equal(axis.GetProperty("start").GetDouble(), axis.GetProperty("stop").GetDouble());
        return num;
    }

    /// <summary>Clause 5: every axis is referenced once, by a system of a type that there is.</summary>
    private static void CheckReferencing(JsonElement domain)
    {
        var systems = domain.GetProperty("referencing").EnumerateArray().ToList();
        Assert.Equal(["t", "x", "y"],
            systems.SelectMany(s => s.GetProperty("coordinates").EnumerateArray()).Select(c => c.GetString()!).Order());
        foreach (var system in systems.Select(s => s.GetProperty("system")))
        {
            switch (system.GetProperty("type").GetString())
            {
                case "TemporalRS": Assert.Equal("Gregorian", system.GetProperty("calendar").GetString()); break;
                case "GeographicCRS": Assert.True(Uri.TryCreate(system.GetProperty("id").GetString(), UriKind.Absolute, out _)); break;
                default: Assert.Fail($"no such system: {system}"); break;
            }
        }
    }

    /// <summary>Clause 3: a label for what is observed; a unit has a label or a symbol, and none where there are categories.</summary>
    private static void CheckParameter(JsonElement parameter)
    {
        Assert.Equal("Parameter", parameter.GetProperty("type").GetString());
        CheckText(parameter.GetProperty("observedProperty").GetProperty("label"));
        Assert.NotEmpty(parameter.GetProperty("observedProperty").GetProperty("id").GetString()!);
        CheckText(parameter.GetProperty("description"));
        var unit = parameter.GetProperty("unit");
        CheckText(unit.GetProperty("label"));
        var symbol = unit.GetProperty("symbol");
        Assert.NotEmpty(symbol.GetProperty("value").GetString()!);
        Assert.True(Uri.TryCreate(symbol.GetProperty("type").GetString(), UriKind.Absolute, out _));
    }

    /// <summary>Clause 7.1: shape and axis names go together, and there are as many values as the shape says.</summary>
    private static void CheckRange(JsonElement range, Dictionary<string, int> lengths)
    {
        Assert.Equal("NdArray", range.GetProperty("type").GetString());
        Assert.Equal("float", range.GetProperty("dataType").GetString());
        string[] axes = [.. range.GetProperty("axisNames").EnumerateArray().Select(name => name.GetString()!)];
        int[] shape = [.. range.GetProperty("shape").EnumerateArray().Select(length => length.GetInt32())];
        Assert.Equal(axes.Select(name => lengths[name]), shape);
        // Axes of one value only may be left out.
        Assert.All(lengths.Where(axis => !axes.Contains(axis.Key)), axis => Assert.Equal(1, axis.Value));
        var values = range.GetProperty("values").EnumerateArray().ToList();
        Assert.Equal(shape.Aggregate(1, (product, length) => product * length), values.Count);
        Assert.All(values, value => Assert.Contains(value.ValueKind, new[] { JsonValueKind.Number, JsonValueKind.Null }));
    }

    /// <summary>Clause 4: texts by language.</summary>
    private static void CheckText(JsonElement text) =>
        Assert.All(text.EnumerateObject(), words => Assert.NotEmpty(words.Value.GetString()!));
}
