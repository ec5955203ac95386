using ConvLstm.Nowcast.Ingest.Quality;
using ConvLstm.Nowcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary><c>GET /api/forecast/latest?grid=</c> each map in numbers.</summary>
internal static class LatestForecastEndpoint
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/forecast/latest", LatestAsync);
    }

    private static async Task<Results<Ok<LatestForecast>, ProblemHttpResult>> LatestAsync(
        NowcastDatabase database, string? grid, CancellationToken cancellation)
    {
        var grids = await database.Grids.ListAsync(cancellation);
        var chosen = grid ?? (grids.Count > 0 ? grids[0].Grid.Name : null);
        if (chosen is null || !grids.Any(g => g.Grid.Name == chosen))
            return TypedResults.Problem($"There is no grid '{chosen}'; /api/status names those there are.", statusCode: StatusCodes.Status404NotFound);
        if (await database.Queries.LatestRunAsync(chosen, null, cancellation) is not { } run)
            return TypedResults.Problem($"There is no forecast for {chosen} yet.", statusCode: StatusCodes.Status404NotFound);
        var forecast = await database.Queries.LoadRunAsync(run.RunId, cancellation);
        return TypedResults.Ok(new LatestForecast(
            chosen, run.IssueTime.UtcDateTime, run.Method, run.ModelVersion, [.. forecast.RainRate.Select((rain, lead) => MapOf(forecast, rain, lead))]));
    }

    private static ForecastMap MapOf(RainForecast forecast, float[] rain, int lead)
    {
        var summary = ScanSummary.Of(rain);
        return new(
            forecast.ValidTime(lead).UtcDateTime, forecast.LeadTimes[lead].TotalMinutes, summary.MeanMmH, summary.MaxMmH, summary.WetShare, summary.MissingShare);
    }

    private sealed record LatestForecast(string Grid, DateTime IssueTime, string Method, string ModelVersion, IReadOnlyList<ForecastMap> Maps);

    private sealed record ForecastMap(DateTime ValidTime, double LeadMinutes, double? MeanMmH, double? MaxMmH, double WetShare, double MissingShare);
}
