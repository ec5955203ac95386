namespace ConvLstm.Nowcast.Model.Training;

/// <summary>Where a trainer gets its windows from.</summary>
public interface ITrainingWindows
{
    /// <summary>Frames that the network reads; the rest of a window is what it should predict.</summary>
    int Past { get; }

    /// <summary>The time between two frames.</summary>
    double StepMinutes { get; }

    /// <summary>A batch drawn at random from the training part, augmented: (batch, time, height, width, 2).</summary>
    Tensor DrawTraining(int batch, Random random);

    /// <summary>The validation part in batches, always the same.</summary>
    IEnumerable<Tensor> Validation(int batch);
}
