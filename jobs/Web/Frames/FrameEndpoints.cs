using System.ComponentModel;
using ConvLstm.Nowcast.Jobs.Web.Cache;

namespace ConvLstm.Nowcast.Jobs.Web.Frames;

/// <summary>The maps of runs and scans as pictures, as compact binary, and the files that say where their pixels lie.</summary>
internal static class FrameEndpoints
{
    private const string Tag = "Frames";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        var forecasts = routes.MapGroup("/api/runs/{run:long}/frames").WithTags(Tag);
        forecasts.MapGet("/{minutes:int}.png", ForecastPngAsync)
            .WithSummary("A map of a run as PNG; each code of the compact form is an index of its palette.")
            .Produces(StatusCodes.Status200OK, contentType: FrameAnswers.PngType).ProducesProblem(404);
        forecasts.MapGet("/{minutes:int}.bin", ForecastCompactAsync)
            .WithSummary("A map of a run as compact binary: 20 bytes of header, then a byte a pixel.")
            .Produces(StatusCodes.Status200OK, contentType: FrameAnswers.CompactType).ProducesProblem(404);
        forecasts.MapGet("/{minutes:int}.pgw", ForecastWorldFileAsync).WithSummary("The world file of the PNG.")
            .Produces(StatusCodes.Status200OK, contentType: FrameAnswers.WorldFileType).ProducesProblem(404);
        forecasts.MapGet("/{minutes:int}.png.aux.xml", ForecastPamAsync)
            .WithSummary("Projection and place of the PNG, as GDAL and QGIS read it.")
            .Produces(StatusCodes.Status200OK, contentType: FrameAnswers.PamType).ProducesProblem(404);
        var scans = routes.MapGroup("/api/grids/{grid}/observations").WithTags(Tag);
        scans.MapGet("/{time}.png", ScanPngAsync).WithSummary("A scan as PNG.")
            .Produces(StatusCodes.Status200OK, contentType: FrameAnswers.PngType).ProducesProblem(404);
        scans.MapGet("/{time}.bin", ScanCompactAsync).WithSummary("A scan as compact binary.")
            .Produces(StatusCodes.Status200OK, contentType: FrameAnswers.CompactType).ProducesProblem(404);
        scans.MapGet("/{time}.pgw",
            (HttpContext context, RunLookup runs, string grid, string time) => FrameAnswers.WorldFile(context, runs.Grid(grid).Grid))
            .WithSummary("The world file of the PNG.").Produces(StatusCodes.Status200OK, contentType: FrameAnswers.WorldFileType);
        scans.MapGet("/{time}.png.aux.xml",
            (HttpContext context, RunLookup runs, string grid, string time) => FrameAnswers.Pam(context, runs.Grid(grid).Grid))
            .WithSummary("Projection and place of the PNG.").Produces(StatusCodes.Status200OK, contentType: FrameAnswers.PamType);
    }

    private static async Task<IResult> ForecastPngAsync(
        HttpContext context, RunLookup runs, FrameSource frames, long run, [Description("Minutes after the issue time.")] int minutes,
        [Description("rate, probability, member or depth (mm since the issue time).")] string? layer,
        [Description("mm/h, of a probability.")] string? threshold,
        [Description("1 to 20.")] int? member, [Description("standard or safe, for dark ground with -dark.")] string? palette,
            CancellationToken cancellation) =>
        FrameAnswers.Png(context, await FrameAsync(runs, frames, run, minutes, FrameLayer.Parse(layer, threshold, member), cancellation),
            palette);

    private static async Task<IResult> ForecastCompactAsync(
        HttpContext context, RunLookup runs, FrameSource frames, long run, [Description("Minutes after the issue time.")] int minutes,
        [Description("rate, probability, member or depth (mm since the issue time).")] string? layer,
        [Description("mm/h, of a probability.")] string? threshold,
        [Description("1 to 20.")] int? member, CancellationToken cancellation) =>
        FrameAnswers.Compact(context,
            await FrameAsync(runs, frames, run, minutes, FrameLayer.Parse(layer, threshold, member), cancellation));

    private static async Task<IResult> ForecastWorldFileAsync(HttpContext context, RunLookup runs, long run, int minutes,
        CancellationToken cancellation) =>
        FrameAnswers.WorldFile(context, runs.Grid((await runs.RunAsync(run, cancellation)).Grid).Grid);

    private static async Task<IResult> ForecastPamAsync(HttpContext context, RunLookup runs, long run, int minutes,
        CancellationToken cancellation) =>
        FrameAnswers.Pam(context, runs.Grid((await runs.RunAsync(run, cancellation)).Grid).Grid);

    private static async Task<IResult> ScanPngAsync(
        HttpContext context, RunLookup runs, FrameSource frames, string grid, [Description("UTC, like 20240601T120000Z.")] string time,
        string? palette,
        CancellationToken cancellation) =>
        FrameAnswers.Png(context, await frames.ObservationAsync(runs.Grid(grid), Times.Parse(time), cancellation), palette);

    private static async Task<IResult> ScanCompactAsync(
        HttpContext context, RunLookup runs, FrameSource frames, string grid, [Description("UTC, like 20240601T120000Z.")] string time,
            CancellationToken cancellation) =>
        FrameAnswers.Compact(context, await frames.ObservationAsync(runs.Grid(grid), Times.Parse(time), cancellation));

    private static async Task<Frame> FrameAsync(RunLookup runs, FrameSource frames, long run, int minutes, FrameLayer layer,
        CancellationToken cancellation) =>
        await frames.ForecastAsync(await runs.RunAsync(run, cancellation), checked(60 * Math.Clamp(minutes, 0, 100_000)), layer,
            cancellation);
}
