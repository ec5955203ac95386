using System.ComponentModel;
using System.Text.Json.Nodes;
using ConvLstm.Nowcast.Jobs.Web.Api;
using ConvLstm.Nowcast.Jobs.Web.Frames;
using ConvLstm.Nowcast.Jobs.Web.Live;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Queries;
using Microsoft.AspNetCore.Mvc;

namespace ConvLstm.Nowcast.Jobs.Web.Edr;

/// <summary>OGC API – Environmental Data Retrieval: a grid is a collection, a run an instance of it; position and area as CoverageJSON.</summary>
internal static class EdrEndpoints
{
    private const string Tag = "EDR";
    private const int MostValues = 2_000_000, MostInstances = 200;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        var edr = routes.MapGroup("/edr").WithTags(Tag);
        edr.MapGet("", Landing).WithSummary("The landing page.");
        edr.MapGet("/conformance", Conformance).WithSummary("What this service keeps to.");
        edr.MapGet("/collections", (LiveRuns live) => new JsonObject
        {
            ["links"] = new JsonArray(EdrCollections.Link("/edr/collections", "self", "application/json")),
            ["collections"] = new JsonArray([.. live.Grids.Select(Collection)]),
        }).WithSummary("All grids.");
        edr.MapGet("/collections/{grid}", (Runs runs, string grid) => Collection(runs.Grid(grid))).WithSummary("A grid.").ProducesProblem(404);
        edr.MapGet("/collections/{grid}/instances", InstancesAsync).WithSummary("The newest runs of a grid.").ProducesProblem(404);
        edr.MapGet("/collections/{grid}/instances/{run:long}", async (Runs runs, string grid, long run, CancellationToken cancellation) =>
            Instance(runs.Grid(grid), await RunAsync(runs, grid, run, cancellation))).WithSummary("A run.").ProducesProblem(404);
        foreach (var instance in new[] { "", "/instances/{run:long}" })
        {
            var of = instance.Length == 0 ? "of the newest run" : "of a run";
            edr.MapGet($"/collections/{{grid}}{instance}/position", PositionAsync).WithSummary($"A place through the leads {of}.")
                .Produces(StatusCodes.Status200OK, contentType: CoverageJson.Type).ProducesProblem(400).ProducesProblem(404);
            edr.MapGet($"/collections/{{grid}}{instance}/area", AreaAsync).WithSummary($"The pixels in a polygon through the leads {of}.")
                .Produces(StatusCodes.Status200OK, contentType: CoverageJson.Type).ProducesProblem(400).ProducesProblem(404).ProducesProblem(413).RequireRateLimiting(Limits.Heavy);
        }
    }

    private static JsonObject Landing() => new()
    {
        ["title"] = "ConvLstm.Nowcast",
        ["description"] = "Rain of the next hour or two.",
        ["links"] = new JsonArray(
            EdrCollections.Link("/edr", "self", "application/json"), EdrCollections.Link("/edr/conformance", "conformance", "application/json"),
            EdrCollections.Link("/edr/collections", "data", "application/json"), EdrCollections.Link("/openapi/v1.json", "service-desc", "application/vnd.oai.openapi+json;version=3.1"),
            EdrCollections.Link("/api/docs", "service-doc", "text/html")),
    };

    private static JsonObject Conformance() => new()
    {
        ["conformsTo"] = new JsonArray(
            "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core", "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
            "http://www.opengis.net/spec/ogcapi-edr-1/1.1/conf/core", "http://www.opengis.net/spec/ogcapi-edr-1/1.1/conf/covjson"),
    };

    private static async Task<JsonObject> InstancesAsync(NowcastDatabase database, Runs runs, string grid, CancellationToken cancellation)
    {
        var live = runs.Grid(grid);
        var found = await database.Maps.NewestRunsAsync(live.Name, null, null, MostInstances, cancellation);
        return new JsonObject
        {
            ["links"] = new JsonArray(EdrCollections.Link($"{Address(live)}/instances", "self", "application/json")),
            ["instances"] = new JsonArray([.. found.Where(run => run is { IsSane: true, MapsDroppedAt: null }).Select(run => Instance(live, run))]),
        };
    }

    private static async Task<IResult> PositionAsync(
        HttpContext context, Runs runs, string grid, long? run, [Description("POINT(longitude latitude).")] string? coords,
        [FromQuery(Name = "parameter-name")] string? parameters, [Description("A time or an interval, UTC: 2024-06-01T12:00:00Z/..")] string? datetime,
        string? crs, string? f, CancellationToken cancellation)
    {
        CheckForm(crs, f);
        var (lon, lat) = Geometries.Point(coords);
        var live = runs.Grid(grid);
        var summary = await RunAsync(runs, grid, run, cancellation);
        var (column, row) = live.Locator.PixelAt(lon, lat) ?? throw PointEndpoints.Outside(lon, lat);
        var chosen = EdrParameter.Chosen(summary, parameters);
        var leads = EdrTimes.Leads(summary, datetime);
        var maps = await runs.MapsAsync(summary, null, cancellation);
        return FrameAnswers.Answer(
            context, CoverageJson.Point(maps, leads, chosen, lon, lat, (row * live.Grid.Width) + column), CoverageJson.Type, Version(summary, context), "position");
    }

    private static async Task<IResult> AreaAsync(
        HttpContext context, Runs runs, string grid, long? run, [Description("POLYGON((lon lat, lon lat, …)).")] string? coords,
        [FromQuery(Name = "parameter-name")] string? parameters, [Description("A time or an interval, UTC: 2024-06-01T12:00:00Z/..")] string? datetime,
        string? crs, string? f, CancellationToken cancellation)
    {
        CheckForm(crs, f);
        var polygon = Geometries.Area(coords);
        var live = runs.Grid(grid);
        var summary = await RunAsync(runs, grid, run, cancellation);
        var area = PolygonPixels.Of(live.Locator, polygon) ?? throw Refusals.NotFound($"No pixel of {live.Name} lies in the area.");
        var chosen = EdrParameter.Chosen(summary, parameters);
        var leads = EdrTimes.Leads(summary, datetime);
        if ((long)area.Inside.Length * chosen.Count * leads.Count is var values and > MostValues)
            throw Refusals.TooMuch($"The area has {values} values; at most {MostValues}: ask for a smaller one, fewer parameters or a shorter time.");
        var maps = await runs.MapsAsync(summary, null, cancellation);
        return FrameAnswers.Answer(context, CoverageJson.Area(maps, leads, chosen, area), CoverageJson.Type, Version(summary, context), "area");
    }

    private static void CheckForm(string? crs, string? f)
    {
        if (f is not (null or "CoverageJSON" or "json"))
            throw Refusals.Wrong("The only output format is f=CoverageJSON.");
        if (crs is not (null or "CRS84" or "EPSG:4326" or "http://www.opengis.net/def/crs/OGC/1.3/CRS84"))
            throw Refusals.Wrong("Coordinates are longitude and latitude: crs=CRS84.");
    }

    private static async Task<RunSummary> RunAsync(Runs runs, string grid, long? run, CancellationToken cancellation)
    {
        var live = runs.Grid(grid);
        if (run is null)
            return await runs.NewestAsync(live, null, cancellation);
        var summary = await runs.RunAsync(run.Value, cancellation);
        return summary.Grid == live.Name ? summary : throw Refusals.NotFound($"Run {run} is one of {summary.Grid}, not of {live.Name}.");
    }

    private static string Version(RunSummary run, HttpContext context) =>
        $"{run.RunId}-{run.PublishedAt.UtcTicks:x}-{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(context.Request.QueryString.Value ?? ""))[..6])}";

    private static string Address(LiveGrid grid) => $"/edr/collections/{Uri.EscapeDataString(grid.Name)}";

    private static JsonNode Collection(LiveGrid grid) => EdrCollections.Describe(grid, grid.Run?.Run, grid.Name, Address(grid));

    private static JsonObject Instance(LiveGrid grid, RunSummary run) =>
        EdrCollections.Describe(grid, run, run.RunId.ToString(System.Globalization.CultureInfo.InvariantCulture), $"{Address(grid)}/instances/{run.RunId}");
}
