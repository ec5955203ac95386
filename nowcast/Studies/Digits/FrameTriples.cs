using ConvLstm.Nowcast.Model.Training;

namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>Two frames to read and one to draw.</summary>
/// <param name="First">Row-major.</param>
/// <param name="Second">Row-major.</param>
/// <param name="Target">Row-major.</param>
public sealed record FrameTriple(float[] First, float[] Second, float[] Target)
{
    /// <summary>The three frames turned or mirrored alike, see <see cref="SquareSymmetry"/>.</summary>
    internal FrameTriple Turned(int symmetry, int side) => symmetry == 0
        ? this
        : new(SquareSymmetry.Apply(First, symmetry, side), SquareSymmetry.Apply(Second, symmetry, side),
            SquareSymmetry.Apply(Target, symmetry, side));
}

/// <summary>Triples as windows of a training.</summary>
/// <param name="Training">Drawn at random, turned and mirrored at random: digits move alike in all directions, and a few hundred are soon
/// known by heart.</param>
/// <param name="Validating">Always the same.</param>
/// <param name="Side">Of the square frames.</param>
public sealed record FrameTriples(IReadOnlyList<FrameTriple> Training, IReadOnlyList<FrameTriple> Validating, int Side) : ITrainingWindows
{
    private const int Past = 2;

    public TrainingBatch DrawTraining(int batch, Random random) =>
        Batch([.. Enumerable.Range(0, batch)
            .Select(_ => Training[random.Next(Training.Count)].Turned(random.Next(SquareSymmetry.Count), Side))]);

    public IEnumerable<TrainingBatch> Validation(int batch) => Validating.Chunk(batch).Select(Batch);

    /// <summary>(n, 3, side, side, 2), the mask all ones.</summary>
    public static Tensor Frames(IReadOnlyList<FrameTriple> triples, int side)
    {
        ArgumentNullException.ThrowIfNull(triples);
        var values = new float[triples.Count * 3 * side * side * 2];
        var at = 0;
        foreach (var frame in triples.SelectMany(t => new[] { t.First, t.Second, t.Target }))
        {
            foreach (var pixel in frame)
            {
                values[at++] = pixel;
                values[at++] = 1;
            }
        }
        return tensor(values, [triples.Count, 3, side, side, 2]);
    }

    private TrainingBatch Batch(FrameTriple[] triples) => new(Frames(triples, Side), Past, StepMinutes: 1);
}
