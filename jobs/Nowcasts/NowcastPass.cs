using System.Diagnostics;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Publishing;

namespace ConvLstm.Nowcast.Jobs.Nowcasts;

/// <summary>A forecast that was made and published, or why it was not.</summary>
/// <param name="Grid">The grid.</param>
/// <param name="Method">The method.</param>
/// <param name="IssueTime">The newest scan.</param>
/// <param name="Run">Null where the method could not work; <paramref name="Problem"/> says why.</param>
/// <param name="Problem">Null where all is well.</param>
/// <param name="Forecasting">How long the forecast took.</param>
/// <param name="Publishing">How long it then took to be published.</param>
internal sealed record NowcastOutcome(
    string Grid, string Method, DateTimeOffset IssueTime, PublishedRun? Run, string? Problem, TimeSpan Forecasting, TimeSpan Publishing);

/// <summary>
/// Forecasts from the newest scans of each grid and publishes. Besides the model its two yardsticks, extrapolation and
/// persistence, are published, so that the skill can be compared on the same pixels; consumers are given the best one
/// that is there, in this order.
/// </summary>
internal sealed class NowcastPass(NowcastDatabase database, Checkpoint? model, TimeSpan lead)
{
    /// <summary>What consumers are given, where it is there.</summary>
    internal static readonly string[] BestFirst = [ModelForecast.Name, Extrapolation.Name, Persistence.Name];

    /// <summary>Scans that are enough for the yardsticks.</summary>
    private const int ScansRead = 12;

    /// <summary>Forecasts for all grids that have scans enough.</summary>
    internal Task<IReadOnlyList<NowcastOutcome>> RunAsync(CancellationToken cancellation) => RunAsync(_ => { }, cancellation);

    /// <param name="report">Told of each method as it is done.</param>
    /// <param name="cancellation">Stops between two steps; runs that are published stay.</param>
    internal async Task<IReadOnlyList<NowcastOutcome>> RunAsync(Action<NowcastOutcome> report, CancellationToken cancellation)
    {
        var outcomes = new List<NowcastOutcome>();
        foreach (var grid in await database.Grids.ListAsync(cancellation))
        {
            if (await LoadAsync(grid.Grid.Name, cancellation) is { } past)
                outcomes.AddRange(await PublishAllAsync(past, report, cancellation));
        }
        return outcomes;
    }

    /// <summary>
    /// Forecasts as <see cref="RunAsync(CancellationToken)"/> does, and publishes nothing: what comes after finds all loaded, compiled
    /// and of the right size.
    /// </summary>
    internal async Task RehearseAsync(CancellationToken cancellation)
    {
        foreach (var grid in await database.Grids.ListAsync(cancellation))
        {
            if (await LoadAsync(grid.Grid.Name, cancellation) is not { } past)
                continue;
            foreach (var forecaster in Methods())
                Forecast(forecaster, past, cancellation);
        }
    }

    /// <summary>
    /// All methods from one sequence; a method that cannot work costs the others nothing. Extrapolation goes first: whatever becomes of
    /// the model, and however long it takes, consumers have an answer. Persistence, for which they wait least, goes last.
    /// </summary>
    internal async Task<IReadOnlyList<NowcastOutcome>> PublishAllAsync(RadarSequence past, Action<NowcastOutcome> report,
        CancellationToken cancellation)
    {
        var outcomes = new List<NowcastOutcome>();
        var publishing = Task.CompletedTask;
        try
        {
            foreach (var forecaster in Methods())
            {
                // While the database takes one forecast the next is computed.
                var start = Stopwatch.GetTimestamp();
                var (forecast, problem) = Forecast(forecaster, past, cancellation);
                var took = Stopwatch.GetElapsedTime(start);
                await publishing;
                publishing = Task.Run(() => NoteAsync(forecaster.Method, forecast, problem, took), cancellation);
            }
        }
        finally
        {
            await publishing;
        }
        return [.. outcomes.OrderBy(o => Array.IndexOf(BestFirst, o.Method))];

        async Task NoteAsync(string method, RainForecast? forecast, string? problem, TimeSpan took)
        {
            PublishedRun? run = null;
            var start = Stopwatch.GetTimestamp();
            if (forecast is not null)
                (run, problem) = await PublishAsync(forecast, cancellation);
            var outcome = new NowcastOutcome(past.Grid.Name, method, past.IssueTime, run, problem, took, Stopwatch.GetElapsedTime(start));
            outcomes.Add(outcome);
            report(outcome);
        }
    }

    private Task<RadarSequence?> LoadAsync(string grid, CancellationToken cancellation) =>
        NewestScans.LoadAsync(database, grid, ScansWanted, cancellation);

    /// <summary>Scans that are read for the methods.</summary>
    internal int ScansWanted => Math.Max(ScansRead, Methods().Max(m => m.ScansNeeded));

    private (RainForecast? Forecast, string? Problem) Forecast(IForecaster forecaster, RadarSequence past, CancellationToken cancellation)
    {
        if (past.Frames.Count < forecaster.ScansNeeded)
            return (null, $"warming up: {past.Frames.Count} of {forecaster.ScansNeeded} scans in a row are there");
        if (lead < past.Step)
            return (null, $"a lead of {lead.TotalMinutes:0.##} minutes is shorter than the {past.Step.TotalMinutes:0.##} minutes between "
                + "its scans: raise NOWCAST_LEADMINUTES");
        try
        {
            return (forecaster.Forecast(past, new ForecastRequest(lead, ForecastRequest.DefaultThresholds), cancellation), null);
        }
        catch (Exception e) when (e is ReportedException || TorchErrors.IsTorch(e))
        {
            // A model that does not fit these data is reported; extrapolation still answers.
            return (null, e.Message);
        }
    }

    private async Task<(PublishedRun? Run, string? Problem)> PublishAsync(RainForecast forecast, CancellationToken cancellation)
    {
        try
        {
            var run = await database.Forecasts.PublishAsync(forecast, cancellation);
            return (run, run.IsSane ? null
                : "withheld: " + string.Join(", ", run.Checks.Where(c => !c.Passed).Select(c => $"{c.Check} {c.Found} (limit {c.Limit})")));
        }
        catch (ReportedException e)
        {
            return (null, e.Message);
        }
    }

    private IEnumerable<IForecaster> Methods()
    {
        yield return new Extrapolation();
        if (model is not null)
            yield return new ModelForecast(model);
        yield return new Persistence();
    }
}
