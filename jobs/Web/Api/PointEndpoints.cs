using System.ComponentModel;
using System.Globalization;
using ConvLstm.Nowcast.Jobs.Web.Cache;
using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Api;

/// <summary>
/// The rain at a place: <c>/api/rain-at</c> as the SQL function has it, <c>/api/point</c> with the run and all its thresholds.
/// </summary>
internal static class PointEndpoints
{
    private const string Tag = "Places";
    private const double UsualThreshold = 0.5, UsualMinutes = 60, MostMinutes = 1440;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/rain-at", RainAtAsync).WithTags(Tag)
            .WithSummary("The rain at a place for each lead: rate and probabilities of more than 0.1, 1, 5 and 10 mm/h.")
            .Produces<RainAnswer<RainAtPoint>>(200, "application/json", RainAnswers.CsvType, RainAnswers.GeoJsonType).ProducesProblem(400)
                .ProducesProblem(404);
        routes.MapGet("/api/rain-starts", RainStartsAsync).WithTags(Tag)
            .WithSummary("When it rains next at a place with at least so much.").ProducesProblem(400).ProducesProblem(404);
        routes.MapGet("/api/depth", DepthAsync).WithTags(Tag)
            .WithSummary("How many millimetres fall at a place in the next minutes.").ProducesProblem(400).ProducesProblem(404);
        routes.MapGet("/api/point", PointAsync).WithTags(Tag)
            .WithSummary("The rain at a place for each lead, with the run that says so and the probabilities of all its thresholds.")
                .ProducesProblem(400).ProducesProblem(404);
    }

    private static async Task<IResult> RainAtAsync(
        HttpContext context, AnswerSource source, RunLookup runs, RunCache cache, Freshness freshness,
        [Description("Degrees east.")] double lon, [Description("Degrees north.")] double lat,
        [Description("UTC; what was forecast then. Without it now.")] string? at, [Description(Freshness.Parameter)] string? stale,
        [Description(RainAnswers.Parameter)] string? f, CancellationToken cancellation)
    {
        Check(lon, lat);
        var time = Times.ParseOptional(at);
        var (run, leads) = time is null ? FromMemory(cache, lon, lat)
            : await FromDatabaseAsync(source, runs, lon, lat, time.Value, cancellation);
        return RainAnswers.As(
            context, f, new RainAnswer<RainAtPoint>(freshness.Of(context.Response, run, time, stale), leads),
            () => string.Create(CultureInfo.InvariantCulture, $$"""{"type":"Point","coordinates":[{{lon:R}},{{lat:R}}]}"""));
    }

    private static (RunSummary Run, IReadOnlyList<RainAtPoint> Leads) FromMemory(RunCache cache, double lon, double lat)
    {
        var (_, run, pixel) = cache.At(lon, lat) ?? throw Outside(lon, lat);
        int[] bands = [Band(run, 0.1f), Band(run, 1), Band(run, 5), Band(run, 10)];
        return (run.Run, [.. run.LeadSeconds.Select((seconds, lead) => new RainAtPoint(
            run.ValidTime(lead), seconds / 60.0, run.Rate(lead, pixel), P(bands[0], lead), P(bands[1], lead), P(bands[2], lead),
                P(bands[3], lead), run.Mean(lead, pixel)))]);

        float? P(int band, int lead) => band < 0 ? null : run.Probability(band, lead, pixel);
    }

    private static async Task<(RunSummary Run, IReadOnlyList<RainAtPoint> Leads)> FromDatabaseAsync(
        AnswerSource source, RunLookup runs, double lon, double lat, DateTimeOffset at, CancellationToken cancellation)
    {
        var id = await source.Database.Queries.RunAtAsync(lon, lat, at, cancellation) ?? throw Outside(lon, lat);
        return (await runs.RunAsync(id, cancellation), await source.Database.Queries.RainAtAsync(lon, lat, at, cancellation));
    }

    private static async Task<RainStart> RainStartsAsync(
        HttpContext context, AnswerSource source, RunLookup runs, Freshness freshness, TimeProvider clock,
        [Description("Degrees east.")] double lon, [Description("Degrees north.")] double lat,
        [Description("mm/h; 0.5 where not given.")] double? threshold, [Description("UTC; asked then. Without it now.")] string? at,
        [Description(Freshness.Parameter)] string? stale, CancellationToken cancellation)
    {
        Check(lon, lat);
        var time = Times.ParseOptional(at);
        var asked = time ?? clock.GetUtcNow();
        var id = await source.Database.Queries.RunAtAsync(lon, lat, asked, cancellation) ?? throw Outside(lon, lat);
        var origin = freshness.Of(context.Response, await runs.RunAsync(id, cancellation), time, stale);
        var minutes = await source.Database.Queries.RainStartsAsync(lon, lat, threshold ?? UsualThreshold, asked, cancellation);
        return new(origin, threshold ?? UsualThreshold, minutes, minutes is { } wait ? asked.AddMinutes(wait).UtcDateTime : null);
    }

    private static async Task<RainDepth> DepthAsync(
        HttpContext context, AnswerSource source, RunLookup runs, Freshness freshness, TimeProvider clock,
        [Description("Degrees east.")] double lon, [Description("Degrees north.")] double lat,
        [Description("Of how many minutes; 60 where not given.")] double? minutes,
        [Description("UTC; from then on. Without it from now.")] string? at,
        [Description(Freshness.Parameter)] string? stale, CancellationToken cancellation)
    {
        Check(lon, lat);
        if (minutes is { } span && !(span is > 0 and <= MostMinutes))
            throw HttpErrors.BadRequest($"Minutes are more than 0, up to {MostMinutes}.");
        var time = Times.ParseOptional(at);
        var asked = time ?? clock.GetUtcNow();
        var id = await source.Database.Queries.RunAtAsync(lon, lat, asked, cancellation) ?? throw Outside(lon, lat);
        var origin = freshness.Of(context.Response, await runs.RunAsync(id, cancellation), time, stale);
        var depth = await source.Database.Queries.DepthAtAsync(lon, lat, minutes ?? UsualMinutes, asked, cancellation);
        return new(origin, asked.UtcDateTime, asked.AddMinutes(minutes ?? UsualMinutes).UtcDateTime, depth.DepthMm, depth.CoveredMinutes);
    }

    private static async Task<PointForecast> PointAsync(
        HttpContext context, RunLookup runs, RunCache cache, Freshness freshness, [Description("Degrees east.")] double lon,
        [Description("Degrees north.")] double lat,
        [Description("The number of a run; without it the newest.")] long? run, CancellationToken cancellation)
    {
        Check(lon, lat);
        if (run is null)
        {
            var (grid, maps, pixel) = cache.At(lon, lat) ?? throw Outside(lon, lat);
            return PointForecast.Of(grid, maps, pixel, freshness.Of(context.Response, maps.Run, null, null));
        }
        var summary = await runs.RunAsync(run.Value, cancellation);
        var of = runs.Grid(summary.Grid);
        var (column, row) = of.Locator.PixelAt(lon, lat) ?? throw Outside(lon, lat);
        return PointForecast.Of(of, await runs.MapsAsync(summary, null, cancellation), (row * of.Grid.Width) + column,
            freshness.Of(context.Response, summary, null, null));
    }

    /// <exception cref="BadHttpRequestException">There is no such place on Earth.</exception>
    internal static void Check(double lon, double lat)
    {
        if (!(lon is >= -180 and <= 180) || !(lat is >= -90 and <= 90))
            throw HttpErrors.BadRequest(FormattableString.Invariant(
                $"There is no place at longitude {lon}, latitude {lat}: give degrees, -180 to 180 and -90 to 90."));
    }

    internal static BadHttpRequestException Outside(double lon, double lat) =>
        HttpErrors.NotFound(FormattableString.Invariant($"No forecast covers longitude {lon}, latitude {lat}."));

    private static int Band(PackedRun run, float threshold) => Array.IndexOf(run.Run.Thresholds, threshold);

    internal sealed record PointForecast(
        string Grid, long RunId, DateTime IssueTime, string Method, string ModelVersion, double AgeMinutes, bool Stale,
        double Lon, double Lat, IReadOnlyList<float> Thresholds, IReadOnlyList<PointLead> Leads)
    {
        internal static PointForecast Of(CachedGrid grid, PackedRun maps, int pixel, RunOrigin origin)
        {
            var (lon, lat) = grid.Locator.LonLat(pixel % grid.Grid.Width, pixel / grid.Grid.Width);
            return new(
                grid.Name, maps.Run.RunId, maps.Run.IssueTime.UtcDateTime, maps.Run.Method, maps.Run.ModelVersion, origin.AgeMinutes,
                origin.Stale,
                lon, lat, maps.Run.Thresholds,
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
    internal sealed record PointLead(DateTime ValidTime, double LeadMinutes, float? RainMmH, float? ExpectedMmH,
        IReadOnlyList<float?> Probabilities);

    /// <param name="Origin">The run that says so.</param>
    /// <param name="ThresholdMmH">What counts as rain.</param>
    /// <param name="Minutes">From the time of the question; null where no such rain is forecast.</param>
    /// <param name="Time">When that is, UTC.</param>
    internal sealed record RainStart(RunOrigin Origin, double ThresholdMmH, double? Minutes, DateTime? Time);

    /// <param name="Origin">The run that says so.</param>
    /// <param name="From">UTC.</param>
    /// <param name="To">UTC.</param>
    /// <param name="DepthMm">Of the covered minutes; null where there are none.</param>
    /// <param name="CoveredMinutes">For how many of the minutes the run has a value.</param>
    internal sealed record RainDepth(RunOrigin Origin, DateTime From, DateTime To, double? DepthMm, double CoveredMinutes);
}
