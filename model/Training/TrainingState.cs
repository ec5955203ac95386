using System.Globalization;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>The losses after an epoch: the running mean, and on windows that are not trained on.</summary>
public sealed record LossesOfEpoch(double Training, double Validation);

/// <summary>How far a training came: the numbers that its next step depends on.</summary>
public sealed record TrainingState
{
    /// <summary>Steps done.</summary>
    public int Step { get; init; }

    /// <summary>Epochs begun.</summary>
    public int Epoch { get; init; }

    /// <summary>False where the validation of the epoch is done.</summary>
    public bool IsInEpoch { get; init; }

    /// <summary>Windows of the epoch that were drawn.</summary>
    public int Drawn { get; init; }

    /// <summary>The running mean of the loss.</summary>
    public double TrainingLoss { get; init; } = double.NaN;

    /// <summary>The share of the training, 0 to 1, after which its epochs began.</summary>
    public double Begun { get; init; }

    public IReadOnlyList<LossesOfEpoch> Curve { get; init; } = [];

    public double FirstLoss { get; init; }

    public double PersistenceLoss { get; init; }

    public double BestLoss { get; init; }

    public int BestEpoch { get; init; }

    /// <summary>Windows in one step, where memory was short fewer than asked for; null for as many as are asked for.</summary>
    public int? BatchSize { get; init; }

    /// <summary>The share of the time that was used up.</summary>
    public double TimeUsed { get; init; }

    /// <summary>What it took so far.</summary>
    public double Seconds { get; init; }

    /// <summary>What it was begun with and has to go on with, by flag.</summary>
    public IReadOnlyDictionary<string, string> Flags { get; init; } = new Dictionary<string, string>();

    internal static IReadOnlyDictionary<string, string> FlagsOf(TrainingOptions options) => new (string Flag, IFormattable? Value)[]
    {
        ("--seed", options.Seed), ("--batch", options.BatchSize), ("--learning-rate", options.LearningRate),
        ("--leads-per-step", options.LeadsPerStep), ("--site-stride", options.SiteStride), ("--pixel-windows", options.PixelWindows),
    }.Select(o => (o.Flag, Value: o.Value?.ToString(null, CultureInfo.InvariantCulture) ?? "none"))
        .Append(("--loss", options.Loss)).ToDictionary();

    /// <exception cref="ReportedException">It was begun with other options than it shall go on with.</exception>
    internal void Check(TrainingOptions options)
    {
        var asked = FlagsOf(options);
        if (asked.FirstOrDefault(a => Flags.GetValueOrDefault(a.Key) != a.Value) is { Key: { } flag, Value: var other })
            throw new ReportedException(
                $"The training was begun with {flag} {Flags.GetValueOrDefault(flag) ?? "unknown"}, not {other}: go on with the same "
                    + "flags.");
    }
}
