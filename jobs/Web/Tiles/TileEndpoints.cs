using System.ComponentModel;
using System.Globalization;
using ConvLstm.Nowcast.Jobs.Web.Frames;
using ConvLstm.Nowcast.Jobs.Web.Live;

namespace ConvLstm.Nowcast.Jobs.Web.Tiles;

/// <summary><c>/tiles/{grid}/{run}/{minutes}/{z}/{x}/{y}.png</c>: the maps in web Mercator, for other maps to lay over theirs.</summary>
internal static class TileEndpoints
{
    private const string Newest = "latest";

    internal static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/tiles/{grid}/{run}/{minutes:int}/{z:int}/{x:int}/{y:int}.png", TileAsync)
        .WithTags("Tiles").WithSummary("A tile in web Mercator (XYZ): clear where it is dry, grey where the radar does not see. Minutes 0 is the scan of the issue time.")
        .Produces(StatusCodes.Status200OK, contentType: FrameAnswers.PngType).ProducesProblem(400).ProducesProblem(404);

    private static async Task<IResult> TileAsync(
        HttpContext context, Runs runs, FrameSource frames, string grid, [Description("The number of a run, or latest.")] string run, int minutes, int z, int x, int y,
        [Description("rate, probability, member or depth.")] string? layer, [Description("mm/h, of a probability.")] string? threshold, int? member,
        [Description("standard or safe, for dark ground with -dark.")] string? palette, CancellationToken cancellation)
    {
        if (z is < 0 or > WebMercator.HighestZoom || x < 0 || y < 0 || x >= 1L << z || y >= 1L << z)
            throw Refusals.Wrong($"There is no tile {z}/{x}/{y}: z is 0 to {WebMercator.HighestZoom}, x and y are 0 to 2^z - 1.");
        var live = runs.Grid(grid);
        var summary = run == Newest
            ? await runs.NewestAsync(live, null, cancellation)
            : long.TryParse(run, CultureInfo.InvariantCulture, out var id) ? await runs.RunAsync(id, cancellation) : throw Refusals.Wrong("A run is a number, or latest.");
        if (summary.Grid != live.Name)
            throw Refusals.NotFound($"Run {run} is one of {summary.Grid}, not of {live.Name}.");
        var frame = minutes == 0
            ? await frames.ObservationAsync(live, summary.IssueTime, cancellation)
            : await frames.ForecastAsync(summary, 60 * Math.Clamp(minutes, 1, 100_000), FrameLayer.Parse(layer, threshold, member), cancellation);
        var name = palette ?? "standard";
        var colours = Palettes.Find(frame.Kind, name) ?? throw Refusals.Wrong($"A palette is {string.Join(", ", Palettes.Names(frame.Kind))}.");
        var png = IndexedPng.Encode(WebMercator.TileSize, WebMercator.TileSize, TileSource.Draw(live.Locator, frame, z, x, y), colours);
        return FrameAnswers.Answer(context, png, FrameAnswers.PngType, $"{frame.Version}-{z}-{x}-{y}", name);
    }
}
