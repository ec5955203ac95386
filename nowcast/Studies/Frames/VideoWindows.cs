using ConvLstm.Nowcast.Model.Training;

namespace ConvLstm.Nowcast.Studies.Frames;

/// <summary>Grey videos as windows of a training.</summary>
/// <param name="Height">Rows of a frame.</param>
/// <param name="Width">Columns of a frame.</param>
/// <param name="Past">Frames read.</param>
/// <param name="Draw">A video for training: its frames one after the other, row-major, in 0 … 1.</param>
/// <param name="Validating">Videos that are not trained on.</param>
public sealed record VideoWindows(int Height, int Width, int Past, Func<Random, float[]> Draw, IReadOnlyList<float[]> Validating)
    : ITrainingWindows
{
    public TrainingBatch DrawTraining(int batch, Random random) =>
        new(Frames([.. Enumerable.Range(0, batch).Select(_ => Draw(random))]), Past, StepMinutes: 1);

    public IEnumerable<TrainingBatch> Validation(int batch) =>
        Validating.Chunk(batch).Select(videos => new TrainingBatch(Frames(videos), Past, StepMinutes: 1));

    /// <summary>(videos, time, height, width, 2), the mask all ones.</summary>
    public Tensor Frames(IReadOnlyList<float[]> videos)
    {
        ArgumentNullException.ThrowIfNull(videos);
        var grey = tensor([.. videos.SelectMany(v => v)], [videos.Count, videos[0].Length / (Height * Width), Height, Width, 1]);
        return cat([grey, ones_like(grey)], 4);
    }
}
