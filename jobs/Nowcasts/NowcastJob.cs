using System.Globalization;
using System.Text.Json;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Monitoring;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Workers;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Storage;
using Hangfire;
using Hangfire.Server;

namespace ConvLstm.Nowcast.Jobs.Nowcasts;

/// <summary>
/// Forecasts from the newest scans. The work is done by a process of its own, which publishes the model and then its yardsticks;
/// when the model is missing, fails, or takes long, extrapolation answers, and the reason is noted.
/// </summary>
/// <param name="database">Where scans come from and runs go.</param>
/// <param name="settings">The model, how far ahead, the deadline and the memory.</param>
/// <param name="kept">A process that stays between runs; null starts one for each.</param>
[Queue(Roles.Forecast), AutomaticRetry(Attempts = 3, DelaysInSeconds = new[] { 10, 20, 40 }, LogEvents = false)]
internal sealed class NowcastJob(NowcastDatabase database, NowcastSettings settings, WarmWorkers? kept = null)
{
    internal const string Name = "nowcast";

    /// <summary>What makes a process ready for the first run.</summary>
    internal static WorkerRequest Rehearsal(NowcastDatabase database, NowcastSettings settings, TimeProvider time) =>
        Request(database, settings, time.GetUtcNow(), withModel: true, isRehearsal: true);

    [JobDisplayName(Name)]
    public Task<string> RunAsync(PerformContext context, CancellationToken cancellation) =>
        RunningJob.RunAsync(context, ForecastAsync, cancellation);

    private async Task<string> ForecastAsync(RunningJob run, CancellationToken cancellation)
    {
        var feeds = await database.Feeds.ListAsync(cancellation);
        if (feeds.All(feed => feed.NewestUsable is null))
            return "warming up: no usable scan has come in yet";
        var hasModel = !string.IsNullOrEmpty(settings.Model) || await database.Models.PromotedAsync(cancellation) is not null;
        if (feeds.All(feed => feed.NewestUsable is null || (hasModel ? feed.ForecastByModel : feed.ForecastByExtrapolation)))
            return $"no new scan: the forecast of {feeds.Max(feed => feed.NewestUsable)!.Value.UtcDateTime:yyyy-MM-dd HH:mm} UTC is there";

        var selection = new ForecastSelection(feeds.Count(feed => feed.NewestUsable is not null));
        await ForecastAsync(run, selection, withModel: true, cancellation);
        // The process died, or was stopped, before the yardsticks were done; without the model it is small.
        if (selection.Failure is not null
            && feeds.Any(feed => feed.NewestUsable is not null && !selection.Contains(feed.Grid, Persistence.Name)))
            await ForecastAsync(run, selection, withModel: false, cancellation);
        if (selection.Message() is not { } message)
            throw new ReportedException(selection.Failure ?? selection.Problems());
        foreach (var selected in selection.Selected)
            ForecastMetrics.Published(selected, run.Time.GetUtcNow());
        run.DetailsJson = JsonSerializer.Serialize(new { grids = selection.Selected, outcomes = selection.Outcomes }, WorkerMessage.Json);
        return message;
    }

    private static WorkerRequest Request(NowcastDatabase database, NowcastSettings settings, DateTimeOffset now, bool withModel,
        bool isRehearsal = false) => WorkerRequest.Of(
        NowcastWork.Name, database.ConnectionString, now, settings.Jobs.Nowcast.MemoryMB,
            new NowcastWorkOptions(settings.Model, withModel, settings.Lead, Patience(settings), isRehearsal));

    /// <summary>Part of the deadline is left for extrapolation, and nobody waits long for a slow model.</summary>
    private static TimeSpan Patience(NowcastSettings settings) =>
        TimeSpan.FromSeconds(Math.Min(NowcastPass.LongestPatience.TotalSeconds, settings.Jobs.Nowcast.DeadlineSeconds / 4));

    private async Task ForecastAsync(RunningJob run, ForecastSelection selection, bool withModel, CancellationToken cancellation)
    {
        var request = Request(database, settings, run.Time.GetUtcNow(), withModel);
        var deadline = TimeSpan.FromSeconds(settings.Jobs.Nowcast.DeadlineSeconds);
        using var late = new CancellationTokenSource(deadline);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            var result = await (kept is not null && withModel
                ? kept.Forecasting.RunAsync(request, message => OnMessage(run, selection, message), either.Token)
                : WorkerProcess.RunAsync(request, isPatient: false, message => OnMessage(run, selection, message), either.Token));
            selection.Close(result.Text);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            selection.Fail(FormattableString.Invariant($"it took longer than the deadline of {deadline.TotalSeconds:0.#} s"));
        }
        catch (ReportedException e)
        {
            selection.Fail(e.Message);
        }
        if (selection.Failure is not null)
            run.Log(selection.Failure);
    }

    private static void OnMessage(RunningJob run, ForecastSelection selection, WorkerMessage message)
    {
        if (message.Kind == WorkerMessage.Of.Partial)
        {
            var outcome = message.Data!.Value.Deserialize<MethodOutcome>(WorkerMessage.Json)!;
            selection.Add(outcome);
            JobTraces.Published(outcome);
            run.Report(selection.Fraction, $"{outcome.Method} is done");
            run.Log(string.Create(CultureInfo.InvariantCulture,
                $"{outcome.Grid} {outcome.Method}: {outcome.Problem ?? "published"} ({outcome.ForecastSeconds:0.0} s to forecast, "
                + $"{outcome.PublishSeconds:0.0} s to publish)"));
        }
        else
        {
            run.Log(message.Text);
        }
    }
}
