using System.Text.Json;
using System.Text.Json.Nodes;
using ConvLstm.Nowcast.Jobs.Web.Live;
using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Edr;

/// <summary>What EDR says of grids and runs, OGC 19-086r6, https://docs.ogc.org/is/19-086r6/19-086r6.html, §8 and annex A.</summary>
internal static class EdrCollections
{
    private const string Crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

    /// <summary>A collection is a grid; an instance of it is a run.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="run">Whose times and parameters are told.</param>
    /// <param name="id">The name of the grid, or the number of the run.</param>
    /// <param name="address">Of this collection or instance.</param>
    internal static JsonObject Describe(LiveGrid grid, RunSummary? run, string id, string address) => new()
    {
        ["id"] = id,
        ["title"] = run is null ? grid.Name : $"{grid.Name}, {Times.Iso(run.IssueTime)}, {run.Method}",
        ["description"] = "Rain rate and probabilities of more than some thresholds, for each lead of a nowcast.",
        ["links"] = new JsonArray(Link(address, "self", "application/json")),
        ["extent"] = new JsonObject
        {
            ["spatial"] = new JsonObject { ["bbox"] = new JsonArray(new JsonArray([.. GridOutline.LonLatBox(grid).Select(degrees => (JsonNode)degrees)])), ["crs"] = Crs84 },
            ["temporal"] = new JsonObject
            {
                ["interval"] = new JsonArray(run is null
                    ? new JsonArray(null, null)
                    : new JsonArray(Times.Iso(run.IssueTime.AddSeconds(run.LeadSeconds[0])), Times.Iso(run.IssueTime.AddSeconds(run.LeadSeconds[^1])))),
                ["trs"] = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
            },
        },
        ["data_queries"] = new JsonObject { ["position"] = Query(address, "position"), ["area"] = Query(address, "area") },
        ["crs"] = new JsonArray("CRS84"),
        ["output_formats"] = new JsonArray("CoverageJSON"),
        ["parameter_names"] = Parameters(run),
    };

    internal static JsonObject Link(string href, string rel, string type) => new() { ["href"] = href, ["rel"] = rel, ["type"] = type };

    private static JsonObject Query(string address, string kind) => new()
    {
        ["link"] = new JsonObject
        {
            ["href"] = $"{address}/{kind}",
            ["rel"] = "data",
            ["variables"] = new JsonObject { ["title"] = kind, ["query_type"] = kind, ["output_formats"] = new JsonArray("CoverageJSON"), ["default_output_format"] = "CoverageJSON" },
        },
    };

    private static JsonObject Parameters(RunSummary? run)
    {
        var names = new JsonObject();
        foreach (var parameter in EdrParameter.Of(run))
        {
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer))
                parameter.WriteDescription(json);
            names[parameter.Name] = JsonNode.Parse(buffer.ToArray());
        }
        return names;
    }
}
