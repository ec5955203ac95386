using ConvLstm.Nowcast.Model.Training;

namespace ConvLstm.Nowcast.Tests.Model.Training;

/// <summary>Windows of noise to train on, and of ones to validate with.</summary>
internal sealed class RandomWindows : ITrainingWindows
{
    private const int Frames = 5, Side = 8, InValidation = 8;

    public TrainingBatch DrawTraining(int batch, Random random) => new(rand([batch, Frames, Side, Side, 2]), Past: 3, StepMinutes: 5);

    public IEnumerable<TrainingBatch> Validation(int batch)
    {
        for (var i = 0; i < InValidation; i += batch)
            yield return new(ones([Math.Min(batch, InValidation - i), Frames, Side, Side, 2]), Past: 3, StepMinutes: 5);
    }
}
