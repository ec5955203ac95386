using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Workers;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Checkpoints;

namespace ConvLstm.Nowcast.Jobs.Nowcasts;

/// <summary>What the process that forecasts is told.</summary>
/// <param name="ModelFile">A checkpoint; null for the promoted one.</param>
/// <param name="WithModel">False leaves the model aside.</param>
/// <param name="Lead">How far ahead.</param>
/// <param name="Patience">How long the model may take before extrapolation is published meanwhile.</param>
/// <param name="IsRehearsal">True forecasts and publishes nothing: the next request finds all loaded and compiled.</param>
internal sealed record NowcastWorkOptions(string? ModelFile, bool WithModel, TimeSpan Lead, TimeSpan Patience, bool IsRehearsal = false);

/// <summary>What became of one method for one grid.</summary>
/// <param name="Grid">The grid.</param>
/// <param name="Method">The method.</param>
/// <param name="IssueTime">The newest scan.</param>
/// <param name="RunId">Null where nothing was published.</param>
/// <param name="IsSane">It passed its checks: consumers are given it.</param>
/// <param name="Problem">Null where all is well.</param>
/// <param name="ForecastSeconds">How long the forecast took.</param>
/// <param name="PublishSeconds">How long it then took to be published.</param>
internal sealed record MethodOutcome(
    string Grid, string Method, DateTimeOffset IssueTime, long? RunId, bool IsSane, string? Problem, double ForecastSeconds = 0,
        double PublishSeconds = 0);

/// <summary>
/// Forecasts and publishes, in a process of its own; every method is told of as it is done. The model stays loaded for the next request.
/// </summary>
internal sealed class NowcastWork
{
    internal const string Name = "nowcast";

    /// <summary>The grid name of an outcome that holds for all grids: there is no model to load.</summary>
    internal const string AllGrids = "";

    private readonly LoadedModel _model = new();

    internal async Task<WorkerMessage> RunAsync(WorkContext context, CancellationToken cancellation)
    {
        var options = context.OptionsAs<NowcastWorkOptions>();
        var model = options.WithModel ? await LoadAsync(context, options, cancellation) : null;
        var pass = new NowcastPass(context.Database, model, options.Lead, options.Patience);
        if (options.IsRehearsal)
        {
            await pass.RehearseAsync(cancellation);
            return new(WorkerMessage.Of.Result, "ready");
        }
        var outcomes = await pass.RunAsync(Tell, cancellation);
        return new(WorkerMessage.Of.Result,
            outcomes.Count == 0 ? "warming up: no two scans follow each other yet" : $"{outcomes.Count} forecasts")
        {
            // What failed in native code may fail for ever in this process.
            IsSpent = outcomes.Any(o => o.Run is null),
        };

        void Tell(NowcastOutcome o) => Report(context, new(o.Grid, o.Method, o.IssueTime, o.Run?.RunId, o.Run?.IsSane ?? false, o.Problem,
            o.Forecasting.TotalSeconds, o.Publishing.TotalSeconds));
    }

    private async Task<Checkpoint?> LoadAsync(WorkContext context, NowcastWorkOptions options, CancellationToken cancellation)
    {
        try
        {
            if (await _model.GetAsync(options.ModelFile, context.Database, Devices.Named("auto"), cancellation) is { } model)
                return model;
            Report(context, new(AllGrids, "model", context.Time.GetUtcNow(), null, false, "no model is promoted"));
        }
        catch (Exception e) when (e is ReportedException || TorchErrors.IsTorch(e))
        {
            // The yardsticks still answer; why the model does not is told.
            Report(context, new(AllGrids, "model", context.Time.GetUtcNow(), null, false, e.Message));
        }
        return null;
    }

    private static void Report(WorkContext context, MethodOutcome outcome) =>
        context.Report(new(WorkerMessage.Of.Partial, outcome.Method, Data: WorkerMessage.DataOf(outcome)));
}
