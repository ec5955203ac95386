using System.ComponentModel;
using ConvLstm.Nowcast.Jobs.Web.Live;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Api;

/// <summary>The rain at a place: <c>/api/rain-at</c> as the SQL function has it, <c>/api/point</c> with the run and all its thresholds.</summary>
internal static class PointEndpoints
{
    private const string Tag = "Places";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/rain-at", RainAtAsync).WithTags(Tag)
            .WithSummary("The rain at a place for each lead: rate and probabilities of more than 0.1, 1, 5 and 10 mm/h.").ProducesProblem(400).ProducesProblem(404);
        routes.MapGet("/api/point", PointAsync).WithTags(Tag)
            .WithSummary("The rain at a place for each lead, with the run that says so and the probabilities of all its thresholds.").ProducesProblem(400).ProducesProblem(404);
    }

    private static async Task<IReadOnlyList<RainAtPoint>> RainAtAsync(
        NowcastDatabase database, LiveRuns live, [Description("Degrees east.")] double lon, [Description("Degrees north.")] double lat,
        [Description("UTC; what was forecast then. Without it now.")] string? at, CancellationToken cancellation)
    {
        Check(lon, lat);
        if (Times.ParseOptional(at) is { } time)
        {
            var rows = await database.Queries.RainAtAsync(lon, lat, time, cancellation);
            return rows.Count > 0 ? rows : throw Outside(lon, lat);
        }
        var (_, run, pixel) = live.At(lon, lat) ?? throw Outside(lon, lat);
        int[] bands = [Band(run, 0.1f), Band(run, 1), Band(run, 5), Band(run, 10)];
        return [.. run.LeadSeconds.Select((seconds, lead) => new RainAtPoint(
            run.ValidTime(lead), seconds / 60.0, run.Rate(lead, pixel), P(bands[0], lead), P(bands[1], lead), P(bands[2], lead), P(bands[3], lead), run.Mean(lead, pixel)))];

        float? P(int band, int lead) => band < 0 ? null : run.Probability(band, lead, pixel);
    }

    private static async Task<PointForecast> PointAsync(
        NowcastDatabase database, Runs runs, LiveRuns live, [Description("Degrees east.")] double lon, [Description("Degrees north.")] double lat,
        [Description("The number of a run; without it the newest.")] long? run, CancellationToken cancellation)
    {
        Check(lon, lat);
        if (run is null)
        {
            var (grid, maps, pixel) = live.At(lon, lat) ?? throw Outside(lon, lat);
            return PointForecast.Of(grid, maps, pixel);
        }
        var summary = await runs.RunAsync(run.Value, cancellation);
        var of = runs.Grid(summary.Grid);
        var (column, row) = of.Locator.PixelAt(lon, lat) ?? throw Outside(lon, lat);
        return PointForecast.Of(of, await runs.MapsAsync(summary, null, cancellation), (row * of.Grid.Width) + column);
    }

    /// <exception cref="BadHttpRequestException">There is no such place on Earth.</exception>
    internal static void Check(double lon, double lat)
    {
        if (!(lon is >= -180 and <= 180) || !(lat is >= -90 and <= 90))
            throw Refusals.Wrong(FormattableString.Invariant($"There is no place at longitude {lon}, latitude {lat}: give degrees, -180 to 180 and -90 to 90."));
    }

    internal static BadHttpRequestException Outside(double lon, double lat) =>
        Refusals.NotFound(FormattableString.Invariant($"No forecast covers longitude {lon}, latitude {lat}."));

    private static int Band(PackedRun run, float threshold) => Array.IndexOf(run.Run.Thresholds, threshold);

    internal sealed record PointForecast(
        string Grid, long RunId, DateTime IssueTime, string Method, string ModelVersion, double Lon, double Lat, IReadOnlyList<float> Thresholds, IReadOnlyList<PointLead> Leads)
    {
        internal static PointForecast Of(LiveGrid grid, PackedRun maps, int pixel)
        {
            var (lon, lat) = grid.Locator.LonLat(pixel % grid.Grid.Width, pixel / grid.Grid.Width);
            return new(
                grid.Name, maps.Run.RunId, maps.Run.IssueTime.UtcDateTime, maps.Run.Method, maps.Run.ModelVersion, lon, lat, maps.Run.Thresholds,
                [.. maps.LeadSeconds.Select((seconds, lead) => new PointLead(
                    maps.ValidTime(lead).UtcDateTime, seconds / 60.0, maps.Rate(lead, pixel), maps.Mean(lead, pixel),
                    [.. maps.Percent.Select((_, threshold) => maps.Probability(threshold, lead, pixel))]))]);
        }
    }

    /// <param name="ValidTime">UTC.</param>
    /// <param name="LeadMinutes">Minutes from the issue time.</param>
    /// <param name="RainMmH">mm/h as the map shows it; null where nothing can be said.</param>
    /// <param name="ExpectedMmH">The mean of the distribution, mm/h, for amounts.</param>
    /// <param name="Probabilities">0 to 1, of more than each threshold.</param>
    internal sealed record PointLead(DateTime ValidTime, double LeadMinutes, float? RainMmH, float? ExpectedMmH, IReadOnlyList<float?> Probabilities);
}
