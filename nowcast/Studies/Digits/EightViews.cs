using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>
/// Asks a network eight times, what it reads turned and mirrored in all ways, and takes the mean of what it draws, turned back: the
/// enhanced prediction of Timofte, Rothe and Van Gool 2016 ("Seven ways to improve example-based single image super resolution"). Eight
/// times the work, no training.
/// </summary>
public static class EightViews
{
    /// <summary>The frame that each triple asks for, row-major, in 0 … 1.</summary>
    /// <param name="network">Two frames in, one out.</param>
    /// <param name="triples">What is read; their targets are not looked at.</param>
    /// <param name="side">Of the square frames, pixels.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public static IReadOnlyList<float[]> Draw(RainNetwork network, IReadOnlyList<FrameTriple> triples, int side,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(triples);
        var means = triples.Select(_ => new float[side * side]).ToList();
        for (var view = 0; view < SquareSymmetry.Count; view++)
        {
            var drawn = FramePredictor.Draw(network, [.. triples.Select(t => t.Turned(view, side))], side, cancellation);
            for (var i = 0; i < drawn.Count; i++)
            {
                var back = SquareSymmetry.Apply(drawn[i], SquareSymmetry.Inverse(view), side);
                for (var pixel = 0; pixel < back.Length; pixel++)
                    means[i][pixel] += back[pixel] / SquareSymmetry.Count;
            }
        }
        return means;
    }
}
