using System.Text.Json;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Heavy;
using ConvLstm.Nowcast.Jobs.Monitoring;
using ConvLstm.Nowcast.Jobs.Schedule;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Work;

/// <summary>
/// Forecasts from the newest scans. The work is done by a process of its own, which publishes extrapolation first and then the model;
/// when the model is missing, fails, or is too slow for the deadline, extrapolation has answered already, and the reason is noted.
/// </summary>
/// <param name="database">Where scans come from and runs go.</param>
/// <param name="settings">Its deadline and memory.</param>
/// <param name="modelFile">A checkpoint; null for the promoted one.</param>
/// <param name="lead">How far ahead.</param>
/// <param name="kept">A process that stays between runs; null starts one for each.</param>
internal sealed class NowcastJob(NowcastDatabase database, ForecastSettings settings, string? modelFile, TimeSpan lead, KeptProcess? kept = null) : IJob
{
    /// <summary>What makes a process ready for the first run.</summary>
    internal static HeavyRequest Rehearsal(NowcastDatabase database, ForecastSettings settings, string? modelFile, TimeSpan lead, TimeProvider time) => HeavyRequest.Of(
        NowcastWork.Name, database.ConnectionString, time.GetUtcNow(), settings.MemoryMB, new NowcastWorkOptions(modelFile, WithModel: true, lead, IsRehearsal: true));

    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancellation)
    {
        var news = await database.News.ListAsync(cancellation);
        if (news.All(n => n.NewestUsable is null))
            return new("warming up: no usable scan has come in yet");
        var hasModel = !string.IsNullOrEmpty(modelFile) || await database.Models.PromotedAsync(cancellation) is not null;
        if (news.All(n => n.NewestUsable is null || (hasModel ? n.ForecastByModel : n.ForecastByExtrapolation)))
            return new($"no new scan: the forecast of {news.Max(n => n.NewestUsable)!.Value.UtcDateTime:yyyy-MM-dd HH:mm} UTC is there");

        var answer = new NowcastAnswer();
        await ForecastAsync(context, answer, withModel: true, cancellation);
        // The process died, or was stopped, before the yardsticks were done; without the model it is small.
        if (answer.Failure is not null && news.Any(n => n.NewestUsable is not null && !answer.Has(n.Grid, Persistence.Name)))
            await ForecastAsync(context, answer, withModel: false, cancellation);
        if (answer.Message() is not { } message)
            throw new ReportedException(answer.Failure ?? answer.Problems());
        foreach (var given in answer.Given)
            ForecastMetrics.Published(given, context.Time.GetUtcNow());
        return new(message, JsonSerializer.Serialize(new { grids = answer.Given, outcomes = answer.Outcomes }, HeavyMessage.Json));
    }

    private async Task ForecastAsync(JobContext context, NowcastAnswer answer, bool withModel, CancellationToken cancellation)
    {
        var request = HeavyRequest.Of(
            NowcastWork.Name, database.ConnectionString, context.Time.GetUtcNow(), settings.MemoryMB, new NowcastWorkOptions(modelFile, withModel, lead));
        var deadline = TimeSpan.FromSeconds(settings.DeadlineSeconds);
        using var late = new CancellationTokenSource(deadline);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            var result = await (kept is not null && withModel
                ? kept.RunAsync(request, message => Hear(context, answer, message), either.Token)
                : HeavyProcess.RunAsync(request, isPatient: false, message => Hear(context, answer, message), either.Token));
            answer.Close(result.Text);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            answer.Fail(FormattableString.Invariant($"it took longer than the deadline of {deadline.TotalSeconds:0.#} s"));
        }
        catch (ReportedException e)
        {
            answer.Fail(e.Message);
        }
        if (answer.Failure is not null)
            context.Log(answer.Failure);
    }

    private static void Hear(JobContext context, NowcastAnswer answer, HeavyMessage message)
    {
        if (message.Kind == HeavyMessage.Of.Partial)
        {
            var outcome = message.Data!.Value.Deserialize<MethodOutcome>(HeavyMessage.Json)!;
            answer.Add(outcome);
            context.Report(null, $"{outcome.Method} is done");
            context.Log(FormattableString.Invariant($"{outcome.Grid} {outcome.Method}: {outcome.Problem ?? "published"} ({outcome.ForecastSeconds:0.0} s to forecast, {outcome.PublishSeconds:0.0} s to publish)"));
        }
        else
        {
            context.Log(message.Text);
        }
    }
}
