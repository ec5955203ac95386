using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>Windows that go through a network together: they share the step and the size of a pixel.</summary>
/// <param name="Frames">(batch, time, height, width, 2): normalised rain and the mask of what was observed.</param>
/// <param name="Past">Frames that the network reads; the rest is what it should predict.</param>
/// <param name="StepMinutes">The time between two frames.</param>
/// <param name="PixelKilometres">The side of a pixel on the ground.</param>
public sealed record TrainingBatch(Tensor Frames, int Past, double StepMinutes, double PixelKilometres = 1) : IDisposable
{
    /// <summary>The steps to predict; null for all.</summary>
    public IReadOnlyList<int>? Steps { get; init; }

    /// <summary>The leads of the windows.</summary>
    public LeadTimes Leads => (Steps is null ? LeadTimes.Every((int)Frames.shape[1] - Past, StepMinutes) : new(Steps, StepMinutes)) with
    {
        PixelKilometres = PixelKilometres,
    };

    public void Dispose() => Frames.Dispose();
}

/// <summary>Where a trainer gets its windows from.</summary>
public interface ITrainingWindows
{
    /// <summary>A batch drawn at random from the training part, augmented.</summary>
    TrainingBatch DrawTraining(int batch, Random random);

    /// <summary>The validation part in batches, always the same.</summary>
    IEnumerable<TrainingBatch> Validation(int batch);
}
