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
/// <param name="database">Where scans come from and runs go.</param>
/// <param name="model">Null leaves the model aside.</param>
/// <param name="lead">How far ahead.</param>
/// <param name="patience">
/// How long the model may take before extrapolation is published meanwhile; <see cref="LongestPatience"/> where null.
/// </param>
internal sealed class NowcastPass(NowcastDatabase database, Checkpoint? model, TimeSpan lead, TimeSpan? patience = null)
{
    /// <summary>An ordinary model on an ordinary grid is done by then.</summary>
    internal static readonly TimeSpan LongestPatience = TimeSpan.FromSeconds(10);

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
    /// All methods from one sequence; a method that cannot work costs the others nothing. The model, for which consumers wait most, goes
    /// first; where it takes long, extrapolation is published meanwhile: they have an answer whatever becomes of it.
    /// </summary>
    internal async Task<IReadOnlyList<NowcastOutcome>> PublishAllAsync(RadarSequence past, Action<NowcastOutcome> report,
        CancellationToken cancellation)
    {
        var outcomes = new List<NowcastOutcome>();
        var waiting = new Queue<IForecaster>(Methods());
        var making = Begin(waiting.Dequeue());
        var publishing = Task.CompletedTask;
        try
        {
            if (model is not null)
            {
                if (await Task.WhenAny(making, Task.Delay(patience ?? LongestPatience, cancellation)) != making)
                    await NoteAsync(await Begin(waiting.Dequeue()));
                // It is published before another yardstick is begun: its consumers wait, and the database needs the cores.
                await NoteAsync(await making);
                making = Begin(waiting.Dequeue());
            }
            // While the database takes one forecast the next is computed.
            while (true)
            {
                var made = await making;
                if (waiting.TryDequeue(out var next))
                    making = Begin(next);
                await publishing;
                publishing = NoteAsync(made);
                if (next is null)
                    break;
            }
        }
        finally
        {
            // Nothing goes on behind the back of whoever stops this.
            await Task.WhenAll(making, publishing);
        }
        return [.. outcomes.OrderBy(o => Array.IndexOf(BestFirst, o.Method))];

        Task<MadeForecast> Begin(IForecaster forecaster) => Task.Run(() => Forecast(forecaster, past, cancellation), cancellation);

        async Task NoteAsync(MadeForecast made)
        {
            var (run, problem) = ((PublishedRun?)null, made.Problem);
            var start = Stopwatch.GetTimestamp();
            if (made.Forecast is not null)
                (run, problem) = await PublishAsync(made.Forecast, cancellation);
            var outcome = new NowcastOutcome(past.Grid.Name, made.Method, past.IssueTime, run, problem, made.Took,
                Stopwatch.GetElapsedTime(start));
            outcomes.Add(outcome);
            report(outcome);
        }
    }

    /// <summary>What a method made, or why it could not.</summary>
    private sealed record MadeForecast(string Method, RainForecast? Forecast, string? Problem, TimeSpan Took);

    private Task<RadarSequence?> LoadAsync(string grid, CancellationToken cancellation) =>
        NewestScans.LoadAsync(database, grid, ScansWanted, cancellation);

    /// <summary>Scans that are read for the methods.</summary>
    internal int ScansWanted => Math.Max(ScansRead, Methods().Max(m => m.ScansNeeded));

    private MadeForecast Forecast(IForecaster forecaster, RadarSequence past, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        if (past.Frames.Count < forecaster.ScansNeeded)
            return Not($"warming up: {past.Frames.Count} of {forecaster.ScansNeeded} scans in a row are there");
        if (lead < past.Step)
            return Not($"a lead of {lead.TotalMinutes:0.##} minutes is shorter than the {past.Step.TotalMinutes:0.##} minutes between "
                + "its scans: raise NOWCAST_LEADMINUTES");
        try
        {
            var forecast = forecaster.Forecast(past, new ForecastRequest(lead, ForecastRequest.DefaultThresholds), cancellation);
            return new(forecaster.Method, forecast, null, Stopwatch.GetElapsedTime(start));
        }
        catch (Exception e) when (e is ReportedException || TorchErrors.IsTorch(e))
        {
            // A model that does not fit these data is reported; extrapolation still answers.
            return Not(e.Message);
        }

        MadeForecast Not(string problem) => new(forecaster.Method, null, problem, Stopwatch.GetElapsedTime(start));
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
        if (model is not null)
            yield return new ModelForecast(model);
        yield return new Extrapolation();
        yield return new Persistence();
    }
}
