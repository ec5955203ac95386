using System.ComponentModel;
using System.Text.Json.Nodes;
using ConvLstm.Nowcast.Jobs.Web.Api;
using ConvLstm.Nowcast.Jobs.Web.Cache;
using ConvLstm.Nowcast.Jobs.Web.Tiles;
using ConvLstm.Nowcast.Storage.Queries;
using Microsoft.AspNetCore.Mvc;

namespace ConvLstm.Nowcast.Jobs.Web.Edr;

/// <summary>OGC API – Environmental Data Retrieval 1.1: a grid is a collection, a run an instance of it.</summary>
internal static class EdrEndpoints
{
    internal const int MostValues = 2_000_000;
    private const string Tag = "EDR", BoxForm = "west,south,east,north in degrees.";
    private const int MostInstances = 200;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        var edr = routes.MapGroup("/edr").WithTags(Tag);
        edr.MapGet("", (HttpContext context) => EdrCollections.Landing(Root(context))).WithSummary("The landing page.");
        edr.MapGet("/conformance", () => new JsonObject
        {
            ["conformsTo"] = new JsonArray(
            [.. Conformance.Select(name => (JsonNode)$"http://www.opengis.net/spec/{name}")])
        })
            .WithSummary("What this service keeps to.");
        edr.MapGet("/collections", (HttpContext context, RunCache cache, [Description(BoxForm)] string? bbox, string? datetime) =>
            new JsonObject
            {
                ["links"] = new JsonArray(EdrCollections.Link($"{Root(context)}/collections", "self", "application/json")),
                ["collections"] = new JsonArray([.. cache.Grids.Where(grid => EdrCollections.Meets(grid, grid.Run?.Run, bbox, datetime))
                    .Select(grid => (JsonNode)Collection(context, grid))]),
            }).WithSummary("All grids, or those that meet a box and a time.").ProducesProblem(400);
        edr.MapGet("/collections/{grid}", (HttpContext context, RunLookup runs, string grid) => Collection(context, runs.Grid(grid)))
            .WithSummary("A grid.").ProducesProblem(404);
        edr.MapGet("/collections/{grid}/instances", InstancesAsync)
            .WithSummary("The newest runs of a grid, or those of them that meet a box and a time.")
            .ProducesProblem(400).ProducesProblem(404);
        edr.MapGet("/collections/{grid}/instances/{run:long}", InstanceAsync).WithSummary("A run.").ProducesProblem(404);
        foreach (var instance in new[] { "", "/instances/{run:long}" })
        {
            var of = instance.Length == 0 ? "of the newest run" : "of a run";
            Query("position", PositionAsync, $"A place, or several, through the leads {of}.");
            Query("area", AreaAsync, $"The pixels in a polygon through the leads {of}.");
            Query("radius", RadiusAsync, $"The pixels around a place through the leads {of}.");
            Query("cube", CubeAsync, $"A raster in degrees through the leads {of}.");
            Query("trajectory", TrajectoryAsync,
                $"The pixels along a line {of}: at every lead, or with LINESTRINGM (seconds since 1970) each at its time.");
            Query("corridor", CorridorAsync, $"The pixels along a line with a width through the leads {of}.");

            void Query(string kind, Delegate answer, string summary)
            {
                var endpoint = edr.MapGet($"/collections/{{grid}}{instance}/{kind}", answer).WithSummary(summary)
                    .Produces(StatusCodes.Status200OK, contentType: CoverageJson.Type,
                        additionalContentTypes: [EdrGeoJson.Type, EdrNetCdf.Type])
                    .ProducesProblem(400).ProducesProblem(404).ProducesProblem(413);
                if (kind != "position")
                    endpoint.RequireRateLimiting(Limits.Heavy);
            }
        }
    }

    /// <summary>The classes whose requirements are kept; OpenAPI 3.0 is not among them, as the description is of 3.1.</summary>
    internal static IReadOnlyList<string> Conformance { get; } =
    [
        "ogcapi-common-1/1.0/conf/core", "ogcapi-common-1/1.0/conf/json", "ogcapi-common-2/1.0/conf/collections",
        "ogcapi-edr-1/1.1/conf/core", "ogcapi-edr-1/1.1/conf/collections", "ogcapi-edr-1/1.1/conf/json", "ogcapi-edr-1/1.1/conf/geojson",
        "ogcapi-edr-1/1.1/conf/covjson",
        "ogcapi-edr-1/1.1/conf/queries", .. TileSets.Conformance,
    ];

    private static Task<IResult> PositionAsync(
        [AsParameters] EdrQuestion question, long? run, [Description("POINT(longitude latitude), or MULTIPOINT.")] string? coords,
            CancellationToken cancellation) =>
        question.AnswerAsync(run, (cached, _, _) => EdrDomains.Position(cached, coords), cancellation);

    private static Task<IResult> AreaAsync([AsParameters] EdrQuestion question, long? run,
        [Description("POLYGON((lon lat, lon lat, …)).")] string? coords, CancellationToken cancellation)
    {
        var area = Geometries.Area(coords);
        return question.AnswerAsync(run, (cached, _, _) => EdrDomains.Area(cached, area), cancellation);
    }

    private static Task<IResult> RadiusAsync(
        [AsParameters] EdrQuestion question, long? run, [Description("POINT(longitude latitude).")] string? coords, string? within,
        [FromQuery(Name = "within-units"), Description("km, m, mi or nmi.")] string? units, CancellationToken cancellation)
    {
        var (place, metres) = (Geometries.Places(coords), EdrQuestion.Metres("within", within, "within-units", units));
        return question.AnswerAsync(run, (cached, _, _) => EdrDomains.Around(cached, place, metres), cancellation);
    }

    private static Task<IResult> CubeAsync([AsParameters] EdrQuestion question, long? run,
        [Description(BoxForm)] string? bbox, CancellationToken cancellation)
    {
        var box = Geometries.Box(bbox ?? throw HttpErrors.BadRequest("A cube has a bbox: add bbox=west,south,east,north."))
            .EnvelopeInternal;
        return question.AnswerAsync(run, (cached, _, _) => EdrDomains.Cube(cached, box), cancellation);
    }

    private static Task<IResult> TrajectoryAsync(
        [AsParameters] EdrQuestion question, long? run,
            [Description("LINESTRING(lon lat, …), or LINESTRINGM(lon lat seconds, …).")] string? coords, CancellationToken cancellation)
    {
        var line = Geometries.Line(coords);
        return question.AnswerAsync(run, (cached, summary, leads) => EdrDomains.Trajectory(cached, summary, leads, line), cancellation);
    }

    private static Task<IResult> CorridorAsync(
        [AsParameters] EdrQuestion question, long? run, [Description("LINESTRING(lon lat, lon lat, …).")] string? coords,
        [FromQuery(Name = "corridor-width")] string? width,
        [FromQuery(Name = "width-units"), Description("km, m, mi or nmi.")] string? units, CancellationToken cancellation)
    {
        var (line, metres) = (Geometries.Line(coords), EdrQuestion.Metres("corridor-width", width, "width-units", units));
        return question.AnswerAsync(run, (cached, _, _) => EdrDomains.Around(cached, line, metres / 2), cancellation);
    }

    private static async Task<JsonObject> InstancesAsync(HttpContext context, AnswerSource source, RunLookup runs, string grid,
        [Description(BoxForm)] string? bbox, string? datetime, CancellationToken cancellation)
    {
        var cached = runs.Grid(grid);
        var found = await source.Database.Maps.NewestRunsAsync(cached.Name, null, null, MostInstances, cancellation);
        return new JsonObject
        {
            ["links"] = new JsonArray(EdrCollections.Link($"{Address(context, cached)}/instances", "self", "application/json")),
            ["instances"] = new JsonArray(
                [.. found.Where(run => run is { IsSane: true, MapsDroppedAt: null } && EdrCollections.Meets(cached, run, bbox, datetime))
                    .Select(run => Instance(context, cached, run))]),
        };
    }

    private static async Task<JsonObject> InstanceAsync(HttpContext context, RunLookup runs, string grid, long run,
        CancellationToken cancellation)
    {
        var (cached, summary) = (runs.Grid(grid), await runs.RunAsync(run, cancellation));
        return summary.Grid == cached.Name ? Instance(context, cached, summary)
            : throw HttpErrors.NotFound($"Run {run} is one of {summary.Grid}, not of {cached.Name}.");
    }

    /// <summary>Where the service is for who asks: links are absolute, as OGC API – Common wants them.</summary>
    internal static string Root(HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}/edr";

    internal static string Address(HttpContext context, CachedGrid grid) =>
        $"{Root(context)}/collections/{Uri.EscapeDataString(grid.Name)}";

    private static JsonObject Collection(HttpContext context, CachedGrid grid) =>
        EdrCollections.Describe(grid, grid.Run?.Run, grid.Name, Address(context, grid), isInstance: false);

    private static JsonObject Instance(HttpContext context, CachedGrid grid, RunSummary run) => EdrCollections.Describe(
        grid, run, run.RunId.ToString(System.Globalization.CultureInfo.InvariantCulture), $"{Address(context, grid)}/instances/{run.RunId}",
            isInstance: true);
}
