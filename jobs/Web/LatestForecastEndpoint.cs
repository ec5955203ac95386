using ConvLstm.Nowcast.Jobs.Web.Cache;
using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary><c>GET /api/forecast/latest?grid=</c>: each map of the newest run in numbers.</summary>
internal static class LatestForecastEndpoint
{
    /// <summary>In hundredths of mm/h: above this a pixel is wet.</summary>
    private const int WetAbove = 10;

    internal static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/forecast/latest", Latest).WithTags("Runs")
        .WithSummary("Mean, highest rate, wet and missing share of each map of the newest run.").ProducesProblem(404);

    private static LatestForecast Latest(RunLookup runs, string? grid)
    {
        var cached = runs.Grid(grid);
        var run = cached.Run ?? throw HttpErrors.NotFound($"There is no forecast for {cached.Name} yet.");
        return new(
            cached.Name, run.Run.IssueTime.UtcDateTime, run.Run.Method, run.Run.ModelVersion,
                [.. run.LeadSeconds.Select((_, lead) => MapOf(run, lead))]);
    }

    private static ForecastMap MapOf(PackedRun run, int lead)
    {
        var (known, wet, sum, highest) = (0, 0, 0L, 0);
        foreach (var rate in run.Rates[lead])
        {
            if (rate == PackedRun.Unknown)
                continue;
            known++;
            wet += rate > WetAbove ? 1 : 0;
            sum += rate;
            highest = Math.Max(highest, rate);
        }
        return new(
            run.ValidTime(lead).UtcDateTime, run.LeadSeconds[lead] / 60.0, known == 0 ? null : sum / 100.0 / known,
            known == 0 ? null : highest / 100.0,
            known == 0 ? 0 : (double)wet / known, 1 - ((double)known / run.Grid.PixelCount));
    }

    private sealed record LatestForecast(string Grid, DateTime IssueTime, string Method, string ModelVersion,
        IReadOnlyList<ForecastMap> Maps);

    private sealed record ForecastMap(DateTime ValidTime, double LeadMinutes, double? MeanMmH, double? MaxMmH, double WetShare,
        double MissingShare);
}
