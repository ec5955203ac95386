using System.ComponentModel;
using System.Text.Json;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Api;

/// <summary><c>/api/rain-over</c>: the rain over an area, as the SQL function has it.</summary>
internal static class AreaEndpoints
{
    private const string Tag = "Places";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/rain-over", GetAsync).WithTags(Tag).RequireRateLimiting(Limits.Heavy)
            .WithSummary("Mean, highest rate, wet share and depth over a box or polygon, for each lead.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(413);
        routes.MapPost("/api/rain-over", PostAsync).WithTags(Tag).RequireRateLimiting(Limits.Heavy)
            .WithSummary("The same over the GeoJSON Polygon of the body.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(413);
    }

    private static Task<IReadOnlyList<RainOverArea>> GetAsync(
        NowcastDatabase database, [Description("west,south,east,north in degrees.")] string? bbox, [Description("POLYGON((lon lat, …)).")] string? coords,
        [Description("UTC; what was forecast then. Without it now.")] string? at, CancellationToken cancellation)
    {
        if ((bbox is null) == (coords is null))
            throw Refusals.Wrong("Give an area: either bbox=west,south,east,north or coords=POLYGON((lon lat, …)).");
        return AskAsync(database, bbox is null ? WellKnownText.Polygon(coords) : WellKnownText.Box(bbox), at, cancellation);
    }

    private static Task<IReadOnlyList<RainOverArea>> PostAsync(
        NowcastDatabase database, JsonElement area, [Description("UTC; what was forecast then. Without it now.")] string? at, CancellationToken cancellation) =>
        AskAsync(database, GeoJsonPolygon.Read(area), at, cancellation);

    private static async Task<IReadOnlyList<RainOverArea>> AskAsync(
        NowcastDatabase database, IReadOnlyList<IReadOnlyList<(double Lon, double Lat)>> polygon, string? at, CancellationToken cancellation)
    {
        var rows = await database.Queries.RainOverAsync(WellKnownText.GeoJson(polygon), Times.ParseOptional(at), cancellation);
        return rows.Count > 0 ? rows : throw Refusals.NotFound("No forecast covers the area.");
    }
}
