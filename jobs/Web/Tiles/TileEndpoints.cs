using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Serialization;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Web.Frames;
using ConvLstm.Nowcast.Jobs.Web.Cache;
using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Tiles;

/// <summary><c>/tiles/{grid}/{run}/{minutes}/{z}/{x}/{y}.png</c>: the maps in web Mercator, for other maps to lay over theirs.</summary>
internal static class TileEndpoints
{
    private const string Newest = "latest";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        TileSets.Map(routes);
        routes.MapGet("/tiles/{grid}/{run}/{minutes:int}.json", TileJsonAsync).WithTags("Tiles")
            .WithSummary("Where the tiles of a map are, as TileJSON 3.0: what Leaflet, MapLibre, OpenLayers and QGIS read.")
                .ProducesProblem(404);
        routes.MapGet("/tiles/{grid}/{run}/{minutes:int}/{z:int}/{x:int}/{y:int}.png", TileAsync)
        .WithTags("Tiles").WithSummary(
            "A tile in web Mercator (XYZ): clear where it is dry, grey where the radar does not see. Minutes 0 is the scan of the issue "
                + "time.")
        .Produces(StatusCodes.Status200OK, contentType: FrameAnswers.PngType).ProducesProblem(400).ProducesProblem(404);
    }

    /// <summary>https://github.com/mapbox/tilejson-spec/tree/master/3.0.0</summary>
    private static async Task<TileJson> TileJsonAsync(
        HttpContext context, RunLookup runs, NowcastSettings settings, string grid,
        [Description("The number of a run, or latest.")] string run,
            int minutes, CancellationToken cancellation)
    {
        var cached = runs.Grid(grid);
        var summary = await RunAsync(runs, cached, run, cancellation);
        var asked = context.Request;
        var address = $"{asked.Scheme}://{asked.Host}{asked.PathBase}/tiles/{Uri.EscapeDataString(cached.Name)}/{run}/{minutes}";
        context.Response.Headers.CacheControl = "no-cache";
        return new(
            "3.0.0", $"{cached.Name} {Times.Iso(summary.IssueTime.AddMinutes(minutes))}",
            [address + "/{z}/{x}/{y}.png" + context.Request.QueryString], 0, WebMercator.HighestZoom,
            GridOutline.LonLatBox(cached), settings.Attribution);
    }

    private sealed record TileJson(
        [property: JsonPropertyName("tilejson")] string Version, string Name, IReadOnlyList<string> Tiles,
        [property: JsonPropertyName("minzoom")] int MinZoom,
        [property: JsonPropertyName("maxzoom")] int MaxZoom, IReadOnlyList<double> Bounds, string? Attribution);

    private static async Task<RunSummary> RunAsync(RunLookup runs, CachedGrid cached, string run, CancellationToken cancellation)
    {
        var summary = run == Newest
            ? await runs.NewestAsync(cached, null, cancellation)
            : long.TryParse(run, CultureInfo.InvariantCulture, out var id) ? await runs.RunAsync(id, cancellation)
                : throw HttpErrors.BadRequest("A run is a number, or latest.");
        return summary.Grid == cached.Name ? summary
            : throw HttpErrors.NotFound($"Run {run} is one of {summary.Grid}, not of {cached.Name}.");
    }

    private static async Task<IResult> TileAsync(
        HttpContext context, RunLookup runs, FrameSource frames, string grid, [Description("The number of a run, or latest.")] string run,
        int minutes, int z, int x, int y,
        [Description("rate, probability, member or depth.")] string? layer, [Description("mm/h, of a probability.")] string? threshold,
        int? member,
        [Description("standard or safe, for dark ground with -dark.")] string? palette, CancellationToken cancellation)
    {
        var cached = runs.Grid(grid);
        var summary = await RunAsync(runs, cached, run, cancellation);
        var frame = minutes == 0
            ? await frames.ObservationAsync(cached, summary.IssueTime, cancellation)
            : await frames.ForecastAsync(summary, 60 * Math.Clamp(minutes, 1, 100_000), FrameLayer.Parse(layer, threshold, member),
                cancellation);
        return Tile(context, cached, frame, z, x, y, palette);
    }

    /// <exception cref="BadHttpRequestException">There is no such tile or palette.</exception>
    internal static IResult Tile(HttpContext context, CachedGrid cached, Frame frame, int z, int x, int y, string? palette)
    {
        if (z is < 0 or > WebMercator.HighestZoom || x < 0 || y < 0 || x >= 1L << z || y >= 1L << z)
            throw HttpErrors.BadRequest($"There is no tile {z}/{x}/{y}: z is 0 to {WebMercator.HighestZoom}, x and y are 0 to 2^z - 1.");
        var name = palette ?? "standard";
        var colours = Palettes.Find(frame.Kind, name)
            ?? throw HttpErrors.BadRequest($"A palette is {string.Join(", ", Palettes.Names(frame.Kind))}.");
        var png = IndexedPng.Encode(WebMercator.TileSize, WebMercator.TileSize, TileSource.Draw(cached.Locator, frame, z, x, y), colours);
        return FrameAnswers.Answer(context, png, FrameAnswers.PngType, $"{frame.Version}-{z}-{x}-{y}", name);
    }
}
