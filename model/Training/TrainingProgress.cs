namespace ConvLstm.Nowcast.Model.Training;

/// <summary>Where a training stands.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Step">Steps done since the start.</param>
/// <param name="Fraction">Of the budget or the epochs, 0 to 1.</param>
/// <param name="TrainingLoss">The running mean of the loss.</param>
/// <param name="ValidationLoss">After the last epoch; null before the first one ends.</param>
public sealed record TrainingProgress(int Epoch, int Step, double Fraction, double TrainingLoss, double? ValidationLoss)
{
    /// <summary>What is being done.</summary>
    public string Phase { get; init; } = TrainingPhases.Epochs;

    /// <summary>How much of that is done, 0 to 1.</summary>
    public double PhaseFraction { get; init; }

    /// <summary>A line that a person should see, such as that the batch was halved; null where there is none.</summary>
    public string? Notice { get; init; }
}

/// <summary>What a training gave; the network holds the weights of the best epoch.</summary>
/// <param name="Epochs">Epochs begun, those before a stop among them.</param>
/// <param name="Steps">Steps done, those before a stop among them.</param>
/// <param name="FirstLoss">The validation loss before the first step.</param>
/// <param name="TrainingLoss">The running mean at the end.</param>
/// <param name="ValidationLoss">Of the best epoch.</param>
/// <param name="PersistenceLoss">The same loss for the newest frame repeated.</param>
/// <param name="Duration">Wall clock, without the time that it was stopped.</param>
/// <param name="Curve">Training and validation loss after each epoch.</param>
public sealed record TrainingResult(
    int Epochs, int Steps, double FirstLoss, double TrainingLoss, double ValidationLoss, double PersistenceLoss, TimeSpan Duration,
    IReadOnlyList<(double Training, double Validation)> Curve)
{
    /// <summary>Where it was stopped before its end, and the weights of the best epoch until then kept; null where it came to it.</summary>
    public StoppedTraining? Stopped { get; init; }

    /// <summary>The share of the epochs or the time that is done, 0 to 1; 1 where more would be of no use.</summary>
    public double Done { get; init; } = 1;

    /// <summary>Windows in one step at the end: fewer than asked for where memory did not reach.</summary>
    public int BatchSize { get; init; }

    /// <summary>
    /// Of a cascade network, the validation loss of the head alone and with its ConvLSTM, situation by situation; null where that was not
    /// trained.
    /// </summary>
    public (double Head, double All)? MemoryLoss { get; init; }
}

/// <summary>The parts of a training, as people read them.</summary>
public static class TrainingPhases
{
    public const string Start = "loss before training";
    public const string Collecting = "drawing pixels";
    public const string Pixels = "training the head on pixels";
    public const string Epochs = "training the network";
}
