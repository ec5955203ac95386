using System.ComponentModel;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Web.Frames;
using ConvLstm.Nowcast.Jobs.Web.Cache;
using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Api;

/// <summary>
/// <c>GET /api/grids</c>, and <c>GET /api/grids/{grid}/timeline</c>: the scans of the past hour and the maps of the run, to be played.
/// </summary>
internal static class GridEndpoints
{
    private const string Tag = "Grids";
    private static readonly TimeSpan Past = TimeSpan.FromHours(1);

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/grids", (RunCache cache) => cache.Grids.Select(GridAnswer.Of)).WithTags(Tag).WithSummary("All grids.");
        routes.MapGet("/api/grids/{grid}/timeline", TimelineAsync).WithTags(Tag)
            .WithSummary("The scans of the past hour and the maps of the newest run, or of the run that answered at a time.")
                .ProducesProblem(404);
    }

    private static async Task<Timeline> TimelineAsync(
        HttpContext context, AnswerSource source, RunLookup runs, NowcastSettings settings, string grid,
        [Description("UTC; the run that answered then. Without it the newest.")] string? at, CancellationToken cancellation)
    {
        var chosen = runs.Grid(grid);
        var time = Times.ParseOptional(at);
        var run = time is null ? chosen.Run?.Run : await source.Database.Queries.LatestRunAsync(chosen.Name, time, cancellation);
        // Scans go on to the newest one: the run may be late.
        var last = time ?? chosen.State.NewestScan ?? run?.IssueTime ?? DateTimeOffset.UnixEpoch;
        var anchor = run is not null && (time is not null || run.IssueTime > last) ? run.IssueTime : last;
        var scans = await source.Database.Scans.ListAsync(chosen.Name, anchor - Past, anchor, cancellation);
        // Beside a run of the past stands what came.
        var came = time is null || run is null ? [] : await source.Database.Scans.ListAsync(chosen.Name, run.IssueTime.AddSeconds(1),
            run.IssueTime.AddSeconds(run.LeadSeconds[^1]), cancellation);
        // Of other frames, the address says all; this one changes with every run and scan.
        context.Response.Headers.CacheControl = "no-cache";
        return new Timeline(
            GridAnswer.Of(chosen), DateTime.UtcNow, chosen.State.NewestScan?.UtcDateTime, time is null,
            run is null ? null : RunAnswer.Of(run), Palettes.Names(FrameKind.Rate),
            [.. scans.Select(scan => TimelineFrame.Of(chosen, scan.ValidTime)),
                .. run is null ? [] : run.LeadSeconds.Select(lead => TimelineFrame.Of(run, lead))],
            [.. came.Select(scan => TimelineFrame.Of(chosen, scan.ValidTime))], settings.Attribution);
    }

    /// <param name="Grid">Where the pixels lie.</param>
    /// <param name="Now">The clock of the service.</param>
    /// <param name="NewestScan">Its valid time.</param>
    /// <param name="IsNewest">It was asked for now.</param>
    /// <param name="Run">The run that answers.</param>
    /// <param name="Palettes">Names of colours.</param>
    /// <param name="Frames">The scans of the hour before, then the maps of the run.</param>
    /// <param name="Outcome">The scans of the times that a run of the past was about.</param>
    /// <param name="Attribution">Whose radar data it is.</param>
    internal sealed record Timeline(
        GridAnswer Grid, DateTime Now, DateTime? NewestScan, bool IsNewest, RunAnswer? Run, IEnumerable<string> Palettes,
        IReadOnlyList<TimelineFrame> Frames,
        IReadOnlyList<TimelineFrame> Outcome, string? Attribution);

    /// <summary>A map to be shown; its compact form is at the address.</summary>
    internal sealed record TimelineFrame(DateTime Time, string Kind, double? LeadMinutes, string Url)
    {
        internal static TimelineFrame Of(CachedGrid grid, DateTimeOffset time) => new(
            time.UtcDateTime, "observation", null,
                $"/api/grids/{Uri.EscapeDataString(grid.Name)}/observations/{Times.Token(time)}.bin?v={time.UtcTicks:x}");

        internal static TimelineFrame Of(RunSummary run, int leadSeconds) => new(
            run.IssueTime.AddSeconds(leadSeconds).UtcDateTime, "forecast", leadSeconds / 60.0,
            $"/api/runs/{run.RunId}/frames/{leadSeconds / 60}.bin?v={run.PublishedAt.UtcTicks:x}");
    }
}

/// <summary>A grid and where it stands.</summary>
internal sealed record GridAnswer(
    string Name, int Width, int Height, string Proj, bool IsGeographic, double PixelX, double PixelY, IReadOnlyList<double> Extent,
    IReadOnlyList<double> Centre,
    long Scans, DateTime? NewestScan, RunAnswer? NewestRun)
{
    internal static GridAnswer Of(CachedGrid cached)
    {
        var grid = cached.Grid;
        var (lon, lat) = cached.Locator.LonLat((grid.Width - 1) / 2.0, (grid.Height - 1) / 2.0);
        return new(
            grid.Name, grid.Width, grid.Height, grid.Proj, grid.IsGeographic, grid.PixelX, grid.PixelY, ExtentOf(grid), [lon, lat],
            cached.State.Scans, cached.State.NewestScan?.UtcDateTime, cached.Run is { } run ? RunAnswer.Of(run.Run) : null);
    }

    private static double[] ExtentOf(RadarGrid grid) =>
        [grid.OriginX, grid.OriginY - (grid.Height * grid.PixelY), grid.OriginX + (grid.Width * grid.PixelX), grid.OriginY];
}

/// <summary>A run without its maps.</summary>
internal sealed record RunAnswer(
    long RunId, string Grid, DateTime IssueTime, string Method, string ModelVersion, string ModelChecksum, DateTime PublishedAt,
    IReadOnlyList<double> LeadMinutes, IReadOnlyList<float> Thresholds, int Members, bool HasMaps, string Download)
{
    internal static RunAnswer Of(RunSummary run) => new(
        run.RunId, run.Grid, run.IssueTime.UtcDateTime, run.Method, run.ModelVersion, run.ModelChecksum, run.PublishedAt.UtcDateTime,
        [.. run.LeadSeconds.Select(s => s / 60.0)], run.Thresholds, run.Thresholds.Length > 0 ? FrameLayer.Members : 0,
        run.MapsDroppedAt is null,
        $"/api/runs/{run.RunId}/forecast.nc");
}
