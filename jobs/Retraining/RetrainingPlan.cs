using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Training;

namespace ConvLstm.Nowcast.Jobs.Retraining;

/// <summary>What a retraining asks of the trainer.</summary>
internal sealed class RetrainingPlan(RetrainSettings settings, TimeSpan lead, RecentArchive archive)
{
    private const int MostFuture = 12;
    private const int UsualHidden = 32;
    private const int LeadsPerStep = 4;
    private const int PixelWindows = 400;

    // Of the first hours of an archive the usual share would be no longer than one window, which a missing scan breaks.
    private const double ValidationWindows = 2;
    private const double UsualValidation = 0.15;
    private const double MostValidation = 0.3;

    /// <summary>A warm start is near its goal: large steps would only forget.</summary>
    private const double WarmRate = 5e-4;
    private const double ColdRate = 2e-3;

    /// <param name="outFile">Where the candidate goes.</param>
    /// <param name="init">The promoted model; null for a first training.</param>
    internal ModelTrainingRequest Request(string outFile, string? init)
    {
        var first = archive.Training[0];
        var side = Math.Min(settings.Crop, Math.Min(first.Grid.Width, first.Grid.Height));
        var future = Math.Clamp((int)(lead / first.Step), 1, MostFuture);
        return new()
        {
            Series = archive.Training,
            Out = outFile,
            Init = init,
            Network = new()
            {
                Network = LagrangianNetwork.Name, Hidden = settings.Hidden is { Length: > 0 } hidden ? hidden : [UsualHidden],
                Patch = settings.Patch,
            },
            Windows = new()
            {
                Past = settings.Past,
                Future = future,
                Crop = Math.Max(1, side / settings.Patch) * settings.Patch,
                ValidationShare = Math.Clamp(
                    ValidationWindows * (settings.Past + future) / (double)archive.Training.Sum(s => s.Scans.Count), UsualValidation,
                    MostValidation),
            },
            Training = new()
            {
                Budget = TimeSpan.FromMinutes(settings.Minutes),
                BatchSize = settings.Batch,
                Device = Devices.Named(settings.Device),
                LearningRate = init is null ? ColdRate : WarmRate,
                LeadsPerStep = LeadsPerStep,
                PixelWindows = PixelWindows,
                StopAtCollapse = true,
            },
        };
    }
}
