using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>Draws frames with a network, and measures them.</summary>
public static class FramePredictor
{
    private const int AtOnce = 50;
    private const double LeastInk = 0.05;

    /// <summary>The frame that each triple asks for, row-major, in 0 … 1.</summary>
    public static IReadOnlyList<float[]> Draw(RainNetwork network, IReadOnlyList<FrameTriple> triples, int side,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(network);
        network.eval();
        using var frozen = no_grad();
        var drawn = new List<float[]>(triples.Count);
        foreach (var some in triples.Chunk(AtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var frames = network.call(FrameTriples.Frames(some, side).narrow(1, 0, 2), LeadTimes.Every(1, 1)).clamp(0, 1);
            var values = frames.ToFloats();
            drawn.AddRange(values.Chunk(side * side));
        }
        return drawn;
    }

    /// <summary>The mean squared error per pixel of frames against the targets.</summary>
    public static double Error(IReadOnlyList<float[]> drawn, IReadOnlyList<FrameTriple> triples) =>
        Mean(triples.Select((triple, i) => Error(drawn[i], triple.Target)));

    /// <summary>The last frame once more.</summary>
    public static IReadOnlyList<float[]> Persistence(IReadOnlyList<FrameTriple> triples) => [.. triples.Select(t => t.Second)];

    /// <summary>The line through both frames, kept within 0 … 1.</summary>
    public static IReadOnlyList<float[]> Extrapolated(IReadOnlyList<FrameTriple> triples) =>
        [.. triples.Select(t => t.Second.Select((v, i) => Math.Clamp((2 * v) - t.First[i], 0, 1)).ToArray())];

    /// <summary>The mean of both frames.</summary>
    public static IReadOnlyList<float[]> Blended(IReadOnlyList<FrameTriple> triples) =>
        [.. triples.Select(t => t.Second.Select((v, i) => (v + t.First[i]) / 2).ToArray())];

    /// <summary>Whether frames are empty, or all alike whatever is asked.</summary>
    public static bool Collapsed(IReadOnlyList<float[]> drawn, IReadOnlyList<FrameTriple> triples)
    {
        var (ink, expected) = (drawn.Average(f => f.Average()), triples.Average(t => t.Target.Average()));
        return ink < LeastInk * expected || Variety(drawn) < LeastInk * LeastInk * Variety([.. triples.Select(t => t.Target)]);
    }

    /// <summary>The mean variance of pixels within a frame.</summary>
    private static double Variety(IReadOnlyList<float[]> frames) => frames.Average(Variance);

    private static double Variance(float[] frame)
    {
        var mean = frame.Average();
        return frame.Average(v => (double)(v - mean) * (v - mean));
    }

    private static double Error(float[] drawn, float[] target)
    {
        var sum = 0.0;
        for (var i = 0; i < drawn.Length; i++)
            sum += Math.Pow(drawn[i] - target[i], 2);
        return sum / drawn.Length;
    }

    private static double Mean(IEnumerable<double> values) => values.Average();
}
