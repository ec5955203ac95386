using System.ComponentModel;
using System.Text.Json;
using ConvLstm.Nowcast.Jobs.Web.Cache;
using ConvLstm.Nowcast.Storage.Queries;
using NetTopologySuite.Geometries;

namespace ConvLstm.Nowcast.Jobs.Web.Api;

/// <summary><c>/api/rain-over</c>: the rain over an area, as the SQL function has it.</summary>
internal static class AreaEndpoints
{
    private const string Tag = "Places", AtHelp = "UTC; what was forecast then. Without it now.";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        Describe(routes.MapGet("/api/rain-over", GetAsync))
            .WithSummary("Mean, highest rate, wet share and depth over a box or polygon, for each lead.");
        Describe(routes.MapPost("/api/rain-over", PostAsync))
            .WithSummary("The same over the GeoJSON Polygon, MultiPolygon or Feature of the body.");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route) => route.WithTags(Tag).RequireRateLimiting(Limits.Heavy)
        .Produces<RainAnswer<RainOverArea>>(200, "application/json", RainAnswers.CsvType, RainAnswers.GeoJsonType)
        .ProducesProblem(400).ProducesProblem(404).ProducesProblem(413);

    private static Task<IResult> GetAsync(
        HttpContext context, AnswerSource source, RunLookup runs, Freshness freshness,
        [Description("west,south,east,north in degrees.")] string? bbox,
        [Description("POLYGON((lon lat, …)).")] string? coords, [Description(AtHelp)] string? at,
        [Description(Freshness.Parameter)] string? stale,
        [Description(RainAnswers.Parameter)] string? f, CancellationToken cancellation)
    {
        if ((bbox is null) == (coords is null))
            throw HttpErrors.BadRequest("Give an area: either bbox=west,south,east,north or coords=POLYGON((lon lat, …)).");
        return AskAsync(context, source, runs, freshness, bbox is null ? Geometries.Area(coords) : Geometries.Box(bbox), at, stale, f,
            cancellation);
    }

    private static Task<IResult> PostAsync(
        HttpContext context, AnswerSource source, RunLookup runs, Freshness freshness, JsonElement area, [Description(AtHelp)] string? at,
        [Description(Freshness.Parameter)] string? stale, [Description(RainAnswers.Parameter)] string? f, CancellationToken cancellation) =>
        AskAsync(context, source, runs, freshness, Geometries.Area(area), at, stale, f, cancellation);

    private static async Task<IResult> AskAsync(
        HttpContext context, AnswerSource source, RunLookup runs, Freshness freshness, Geometry area, string? at, string? stale,
            string? form, CancellationToken cancellation)
    {
        var time = Times.ParseOptional(at);
        var geoJson = Geometries.ToGeoJson(area);
        var answer = await source.Database.Queries.RunOverAsync(geoJson, time, cancellation)
            ?? throw HttpErrors.NotFound("No forecast covers the area.");
        var origin = freshness.Of(context.Response, await runs.RunAsync(answer.RunId, cancellation), time, stale);
        return RainAnswers.As(context, form, new RainAnswer<RainOverArea>(origin, answer.Leads), () => geoJson);
    }
}
