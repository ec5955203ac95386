using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>How a network is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>The most epochs; null to train until <see cref="Budget"/> is used up.</summary>
    public int? Epochs { get; init; }

    /// <summary>The time that training may take; null for as long as the epochs need.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>Windows in one step.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>The learning rate that the schedule starts from.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>The name of the optimiser, see <see cref="Optimizers"/>.</summary>
    public string Optimizer { get; init; } = Optimizers.Adam;

    /// <summary>The name of the schedule of the learning rate, see <see cref="Schedules"/>.</summary>
    public string Schedule { get; init; } = Schedules.Cosine;

    /// <summary>Windows drawn in an epoch; validation follows each epoch.</summary>
    public int WindowsPerEpoch { get; init; } = 256;

    /// <summary>Epochs without a better validation loss after which training ends.</summary>
    public int Patience { get; init; } = 20;

    /// <summary>The name of the loss, see <see cref="Losses"/>.</summary>
    public string Loss { get; init; } = Losses.MeanSquaredError;

    /// <summary>Leads drawn for each step, to save time where there are many; null for all.</summary>
    public int? LeadsPerStep { get; init; }

    /// <summary>Of networks that can leave pixels out, every nth pixel of every nth row is learned from; validation takes all.</summary>
    public int SiteStride { get; init; } = 1;

    /// <summary>
    /// Of a Lagrangian network, windows that pixels are drawn from to train its head alone first; 0 to train all at once. Fewer where
    /// time is short.
    /// </summary>
    public int PixelWindows { get; init; }

    /// <summary>Steps of the training of the head alone.</summary>
    public int PixelSteps { get; init; } = 1500;

    /// <summary>
    /// Stops a training whose network forecasts next to no rain where there is some. Not for one that starts so and has yet to learn.
    /// </summary>
    public bool StopAtCollapse { get; init; }

    /// <summary>
    /// A training that is stopped after its first validation ends with the weights of its best epoch, instead of with an exception.
    /// </summary>
    public bool KeepsWhenStopped { get; init; }

    public long Seed { get; init; } = 1;

    /// <summary>The CPU where none is given; named when it is asked for, since that loads libtorch.</summary>
    public Device Device { get => field ?? CPU; init; }

    /// <summary>Whether convolutions run in bfloat16 in training; null where the device gains by it. Validation is in float32.</summary>
    public bool? MixedPrecision { get; init; }

    /// <exception cref="ReportedException">There is no end, or a number is not above 0.</exception>
    internal void Check()
    {
        if (Epochs is null && Budget is null)
            throw new ReportedException("A training needs an end: give --epochs or --minutes.");
        if (Epochs < 1 || Budget <= TimeSpan.Zero)
            throw new ReportedException(
                $"A training of {(Epochs is int epochs ? $"{epochs} epochs" : $"{Budget!.Value.TotalMinutes} minutes")} is none: give "
                    + "--epochs or --minutes above 0.");
        if (BatchSize < 1 || WindowsPerEpoch < 1 || LeadsPerStep < 1 || SiteStride < 1)
            throw new ReportedException(
                $"Windows a step ({BatchSize}), an epoch ({WindowsPerEpoch}) leads a step ({LeadsPerStep}) and the stride of sites "
                    + $"({SiteStride}) are 1 or more.");
        if (PixelWindows < 0 || PixelSteps < 1)
            throw new ReportedException(
                $"Windows to draw pixels from ({PixelWindows}) are 0 or more, steps on them ({PixelSteps}) 1 or more.");
        if (!(LearningRate > 0))
            throw new ReportedException($"A --learning-rate of {LearningRate} learns nothing: give one above 0.");
    }
}
