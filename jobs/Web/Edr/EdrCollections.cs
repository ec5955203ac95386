using System.Text.Json.Nodes;
using ConvLstm.Nowcast.Jobs.Web.Api;
using ConvLstm.Nowcast.Jobs.Web.Cache;
using ConvLstm.Nowcast.Jobs.Web.Tiles;
using ConvLstm.Nowcast.Storage.Queries;
using NetTopologySuite.Geometries;

namespace ConvLstm.Nowcast.Jobs.Web.Edr;

/// <summary>What EDR says of grids and runs, OGC 19-086r6, https://docs.ogc.org/is/19-086r6/19-086r6.html, §8 and annex A.</summary>
internal static class EdrCollections
{
    private static readonly string[] Units = ["km", "m", "mi", "nmi"];

    internal static JsonObject Landing(string root) => new()
    {
        ["title"] = "ConvLstm.Nowcast",
        ["description"] = "Rain of the next hour or two.",
        ["links"] = new JsonArray(
            Link(root, "self", "application/json"), Link($"{root}/conformance", "conformance", "application/json"),
            Link($"{root}/collections", "data", "application/json"),
            Link($"{root}/tileMatrixSets", "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes", "application/json"),
            Link($"{root[..^4]}/openapi/v1.json", "service-desc", "application/vnd.oai.openapi+json;version=3.1"),
            Link($"{root[..^4]}/api/docs", "service-doc", "text/html")),
    };

    /// <summary>A collection is a grid; an instance of it is a run.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="run">Whose times and parameters are told.</param>
    /// <param name="id">The name of the grid, or the number of the run.</param>
    /// <param name="address">Of this collection or instance.</param>
    /// <param name="isInstance">A run, which has no instances and no tiles of its own.</param>
    internal static JsonObject Describe(CachedGrid grid, RunSummary? run, string id, string address, bool isInstance)
    {
        var links = new JsonArray(Link(address, "self", "application/json"), Link($"{address}/position", "data", CoverageJson.Type));
        if (!isInstance)
        {
            links.Add((JsonNode)Link($"{address}/instances", "data", "application/json"));
            links.Add((JsonNode)Link($"{address}/map/tiles", TileSets.Relation, "application/json"));
        }
        return new()
        {
            ["id"] = id,
            ["title"] = isInstance ? $"{grid.Name}, {Times.Iso(run!.IssueTime)}, {run.Method}" : grid.Name,
            ["description"] = "Rain rate and probabilities of more than some thresholds, for each lead of a nowcast.",
            ["links"] = links,
            ["extent"] = Extent(grid, run),
            ["data_queries"] = Queries(address, isInstance),
            ["crs"] = new JsonArray("CRS84"),
            ["output_formats"] = Formats(),
            ["parameter_names"] = Parameters(run),
        };
    }

    /// <summary>Whether a grid, or a run of it, meets a box and a time; what has no times meets all (/req/core/rc-time-response).</summary>
    /// <exception cref="BadHttpRequestException">They are no box and no time.</exception>
    internal static bool Meets(CachedGrid grid, RunSummary? run, string? bbox, string? datetime)
    {
        var ((from, to), its) = (EdrTimes.Interval(datetime), GridOutline.LonLatBox(grid));
        return (string.IsNullOrEmpty(bbox)
                || Geometries.Box(bbox).EnvelopeInternal.Intersects(new Envelope(its[0], its[2], its[1], its[3])))
            && (run is null || (run.IssueTime.AddSeconds(run.LeadSeconds[0]) <= to
                && run.IssueTime.AddSeconds(run.LeadSeconds[^1]) >= from));
    }

    internal static JsonObject Link(string href, string rel, string type) => new() { ["href"] = href, ["rel"] = rel, ["type"] = type };

    private static JsonArray Formats() => new([.. EdrFormats.Names.Select(name => (JsonNode)name)]);

    private static JsonObject Extent(CachedGrid grid, RunSummary? run)
    {
        string[] times = [.. (run?.LeadSeconds ?? []).Select(lead => Times.Iso(run!.IssueTime.AddSeconds(lead)))];
        var temporal = new JsonObject
        {
            ["interval"] = new JsonArray(times.Length == 0 ? new JsonArray(null, null) : new JsonArray(times[0], times[^1])),
            ["trs"] = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
        };
        // Of no times there is no list: the schema wants one at least.
        if (times.Length > 0)
            temporal["values"] = new JsonArray([.. times.Select(time => (JsonNode)time)]);
        return new()
        {
            ["spatial"] = new JsonObject
            {
                ["bbox"] = new JsonArray(new JsonArray([.. GridOutline.LonLatBox(grid).Select(degrees => (JsonNode)degrees)])),
                ["crs"] = CoverageJson.Crs84,
            },
            ["temporal"] = temporal,
        };
    }

    private static JsonObject Queries(string address, bool isInstance)
    {
        var queries = new JsonObject();
        foreach (var kind in new[] { "position", "area", "radius", "cube", "trajectory", "corridor" })
        {
            var variables = new JsonObject
            {
                ["title"] = kind, ["query_type"] = kind, ["output_formats"] = Formats(), ["default_output_format"] = EdrFormats.Names[0],
            };
            if (kind == "radius")
                variables["within_units"] = new JsonArray([.. Units.Select(unit => (JsonNode)unit)]);
            if (kind == "corridor")
                variables["width_units"] = new JsonArray([.. Units.Select(unit => (JsonNode)unit)]);
            // EDR wants them of every cube and corridor; this rain has no height.
            if (kind is "cube" or "corridor")
                variables["height_units"] = new JsonArray("m");
            queries[kind] = new JsonObject
            {
                ["link"] = new JsonObject { ["href"] = $"{address}/{kind}", ["rel"] = "data", ["variables"] = variables },
            };
        }
        if (!isInstance)
            queries["instances"] = new JsonObject
            {
                ["link"] = new JsonObject
                {
                    ["href"] = $"{address}/instances", ["rel"] = "data",
                    ["variables"] = new JsonObject { ["title"] = "instances", ["query_type"] = "instances" }
                },
            };
        return queries;
    }

    private static JsonObject Parameters(RunSummary? run) => new(EdrParameter.Of(run)
        .Select(parameter => KeyValuePair.Create<string, JsonNode?>(parameter.Name, parameter.Describe(isOfCollection: true))));
}
