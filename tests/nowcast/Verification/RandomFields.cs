using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Tests.Verification;

/// <summary>A forecast, its members and probabilities, and what came, with gaps, dry areas and ties.</summary>
internal sealed class RandomFields
{
    internal const int Width = 40;
    private const int Height = 30;

    internal RandomFields(int seed, int members = 5)
    {
        var random = new Random(seed);
        var blobs = new Blobs(Width, Height, count: 12, seed);
        // Only the cores of the cells, so that dry and wet both have their share.
        float[] Cores(double x, double y) => Array.ConvertAll(blobs.Shifted(x, y), r => Math.Max(0, r - 8));
        var truth = Cores(0, 0);
        float Gap(float value) => random.Next(15) == 0 ? float.NaN : value;
        float Noisy(float value) => value == 0 ? 0 : MathF.Round(value * (float)Math.Exp(random.NextDouble() - 0.5), 1);
        Observed = Array.ConvertAll(truth, r => Gap(MathF.Round(r, 1)));
        Forecast = Array.ConvertAll(Cores(1.5, 0.7), r => Gap(Noisy(r)));
        Mask = Array.ConvertAll(truth, _ => random.Next(10) > 0);
        Members = Enumerable.Range(0, members).Select(m => Array.ConvertAll(Cores(m - 2, 1), r => Gap(Noisy(r)))).ToArray();
        var odds = Array.ConvertAll(truth, r => Math.Exp(-0.3 * (r + random.NextDouble())));
        Probabilities = Thresholds.Select(t => Array.ConvertAll(odds, o => (float)Math.Clamp(1.05 - Math.Pow(o, 3 / (1 + t)), 0, 1)))
            .ToArray();
        Probabilities[1][17] = float.NaN;
    }

    internal static float[] Thresholds { get; } = [0.5f, 2, 5, 10];

    internal float[] Observed { get; }

    internal float[] Forecast { get; }

    internal bool[] Mask { get; }

    internal float[][] Members { get; }

    internal float[][] Probabilities { get; }

    /// <summary>Writes the fields where the reference script looks for them.</summary>
    internal void Save(string folder)
    {
        void Put(string name, float[] values) =>
            File.WriteAllBytes(Path.Combine(folder, name + ".f32"), MemoryMarshal.AsBytes(values.AsSpan()));
        Put("forecast", Forecast);
        Put("observed", Observed);
        File.WriteAllBytes(Path.Combine(folder, "mask.u8"), Array.ConvertAll(Mask, m => (byte)(m ? 1 : 0)));
        for (var m = 0; m < Members.Length; m++)
            Put($"member{m}", Members[m]);
        for (var t = 0; t < Probabilities.Length; t++)
            Put($"probability{t}", Probabilities[t]);
    }
}
