using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Nowcasts;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Workers;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.MovingFrame;
using ConvLstm.Nowcast.Storage.Models;
using ConvLstm.Nowcast.Training;

namespace ConvLstm.Nowcast.Jobs.Retraining;

/// <summary>What the process that trains is told.</summary>
internal sealed record RetrainWorkOptions(RetrainSettings Settings, TimeSpan Lead);

/// <summary>
/// A retraining: the newest window of the archive, a warm start from the promoted model, and a comparison on blocks of time that were
/// held out.
/// The database changes only at the end: the candidate with its scores, then its promotion.
/// </summary>
internal static class RetrainWork
{
    internal const string Name = "retrain";

    private const string WarmingUp = "warming up: there are not enough scans in a row yet to train and compare";

    /// <summary>Of the progress bar; the rest is the comparison.</summary>
    private const double TrainingShare = 0.8;

    internal static async Task<WorkerMessage> RunAsync(WorkContext context, CancellationToken cancellation)
    {
        var (settings, lead) = context.OptionsAs<RetrainWorkOptions>();
        using var folder = ScratchFolder.Create("retrain");
        try
        {
            var (candidateFile, promotedFile) =
                (Path.Combine(folder.Path, "candidate.safetensors"), Path.Combine(folder.Path, "promoted.safetensors"));
            var promoted = await ForecastModel.PromotedAsync(context.Database, cancellation);
            if (promoted is not null)
                await File.WriteAllBytesAsync(promotedFile, await context.Database.Models.CheckpointAsync(promoted.Version, cancellation),
                    cancellation);
            using var current = promoted is null ? null : Checkpoint.Load(promotedFile, Devices.Named(settings.Device));
            if (current is not null)
                settings = settings with { Past = current.Metadata.PastFrames, Patch = current.Metadata.Network.Patch };

            Report(context, null, "reading the archive");
            var archive = await RecentArchive.LoadAsync(context.Database, settings, lead, context.Time.GetUtcNow(), folder.Path,
                cancellation);
            if (archive is null)
                return new(WorkerMessage.Of.Result, WarmingUp);
            context.Report(new(WorkerMessage.Of.Log, archive.Describe()));
            var plan = new RetrainingPlan(settings, lead, archive);
            var request = plan.Request(candidateFile, promoted is null ? null : promotedFile);
            context.Report(new(WorkerMessage.Of.Log,
                promoted is null ? "there is no promoted model: a first training" : $"going on from {promoted.Version}"));
            var result = new ModelTraining(context.Time)
                .Run(request, new Reporting(p => Report(context, TrainingShare * p.Fraction, p.ValidationLoss is { } loss
                ? FormattableString.Invariant($"epoch {p.Epoch}, loss {p.TrainingLoss:0.0000}, validation {loss:0.0000}")
                : FormattableString.Invariant($"epoch {p.Epoch}, loss {p.TrainingLoss:0.0000}"))), cancellation);
            context.Report(new(WorkerMessage.Of.Log,
                string.Create(CultureInfo.InvariantCulture,
                $"{result.Steps} steps in {result.Duration.TotalSeconds:0} s, validation loss {result.FirstLoss:0.0000} → "
                + $"{result.ValidationLoss:0.0000}")));

            using var candidate = Checkpoint.Load(candidateFile, Devices.Named(settings.Device));
            var promotion = PromotionTest.Run(settings, lead, archive, candidate, current, (done, of) => Report(
                context, TrainingShare + ((1 - TrainingShare) * done / of), $"comparing: {done} of {of} forecasts"), cancellation);
            return await KeepAsync(context, candidate, candidateFile, promoted, promotion, cancellation);
        }
        catch (TooFewScansException e)
        {
            // No failure: time alone mends it, and trying again in minutes would not.
            return new(WorkerMessage.Of.Result, $"{WarmingUp}: {e.Message}");
        }
    }

    private static async Task<WorkerMessage> KeepAsync(
        WorkContext context, Checkpoint candidate, string file, StoredModel? promoted, PromotionResult promotion,
            CancellationToken cancellation)
    {
        await ForecastModel.StoreAsync(context.Database, candidate, file, promotion.ToJson(), cancellation);
        if (!promotion.IsBetter)
            return new(WorkerMessage.Of.Result, $"{candidate.Version} is kept and not promoted: {promotion.Reason}",
                Data: WorkerMessage.DataOf(promotion));
        // Somebody may have promoted another meanwhile, against which nothing was compared.
        if ((await context.Database.Models.PromotedAsync(cancellation))?.Version != promoted?.Version)
            throw new ReportedException(
                $"{candidate.Version} is kept and not promoted: another model was promoted meanwhile. Promote it by hand, or retrain.");
        await context.Database.Models.PromoteAsync(candidate.Version, $"retraining: {promotion.Reason}", cancellation);
        return new(WorkerMessage.Of.Result, $"{candidate.Version} is promoted: {promotion.Reason}", Data: WorkerMessage.DataOf(promotion));
    }

    private static void Report(WorkContext context, double? fraction, string text) =>
        context.Report(new(WorkerMessage.Of.Progress, text, fraction));

    /// <summary>Calls on the training thread, in order, twice a second at most.</summary>
    private sealed class Reporting(Action<Model.Training.TrainingProgress> report) : IProgress<Model.Training.TrainingProgress>
    {
        private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
        private long _last;

        public void Report(Model.Training.TrainingProgress value)
        {
            if (_last != 0 && TimeProvider.System.GetElapsedTime(_last) < Interval)
                return;
            _last = TimeProvider.System.GetTimestamp();
            report(value);
        }
    }
}
