using ConvLstm.Nowcast.Model.Networks;
using Normal = MathNet.Numerics.Distributions.Normal; // TorchSharp has a Normal of its own

namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>The error of a network as what it reads gets worse.</summary>
/// <param name="Name">What was done to the two frames; the target stays as it is.</param>
/// <param name="Points">Intensity and mean squared error.</param>
public sealed record NoiseCurve(string Name, IReadOnlyList<(double Intensity, double Error)> Points);

/// <summary>
/// Robustness: Gaussian noise of a standard deviation s; Poisson noise, s times a Poisson count of mean value/s; a share s of the pixels
/// set to 0 or 1; and a missing square in the middle, pixel by pixel larger.
/// </summary>
public static class NoiseCurves
{
    public static IReadOnlyList<NoiseCurve> Of(RainNetwork network, IReadOnlyList<FrameTriple> triples, int side, int intensities,
        CancellationToken cancellation, Action<double>? progress = null)
    {
        var steps = Enumerable.Range(1, intensities).Select(i => (double)i / intensities).ToArray();
        var (done, all) = (0, (3 * intensities) + side + 1);
        return
        [
            Curve("Gaussian", steps, Gaussian), Curve("Poisson", steps, Poisson), Curve("salt and pepper", steps, SaltAndPepper),
            Curve("missing square", [.. Enumerable.Range(0, side + 1).Select(s => (double)s)],
                (frame, size, _) => Holed(frame, side, (int)size)),
        ];

        NoiseCurve Curve(string name, double[] over, Func<float[], double, Random, float[]> spoil) => new(name, [.. over.Select(intensity =>
        {
            // The same draws at each intensity, so that a curve is smooth.
            var random = new Random(7);
            var spoiled = triples.Select(t =>
                new FrameTriple(spoil(t.First, intensity, random), spoil(t.Second, intensity, random), t.Target)).ToList();
            var error = FramePredictor.Error(FramePredictor.Draw(network, spoiled, side, cancellation), spoiled);
            progress?.Invoke((double)++done / all);
            return (intensity, error);
        })]);
    }

    private static float[] Gaussian(float[] frame, double deviation, Random random) =>
        Array.ConvertAll(frame, v => (float)Math.Clamp(v + Normal.Sample(random, 0, deviation), 0, 1));

    private static float[] Poisson(float[] frame, double scale, Random random) =>
        Array.ConvertAll(frame, v => v <= 0 ? 0
            : (float)Math.Clamp(scale * MathNet.Numerics.Distributions.Poisson.Sample(random, v / scale), 0, 1));

    private static float[] SaltAndPepper(float[] frame, double share, Random random) =>
        Array.ConvertAll(frame, v => random.NextDouble() is var drawn && drawn >= share ? v : drawn < share / 2 ? 0 : 1);

    private static float[] Holed(float[] frame, int side, int size)
    {
        var holed = (float[])frame.Clone();
        var first = (side - size) / 2;
        for (var row = first; row < first + size; row++)
            holed.AsSpan((row * side) + first, size).Clear();
        return holed;
    }
}
