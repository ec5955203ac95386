using Normal = MathNet.Numerics.Distributions.Normal; // TorchSharp has a Normal of its own

namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>
/// The least error that any forecast can have: that of the expected frame, given the clean digit, where it is and how it moves, none of
/// which a network sees.
/// What is left is the noise of the target and what is new in its last step.
/// </summary>
internal static class PerfectForecast
{
    private const int Draws = 60;
    private const int Levels = 1000;

    /// <summary>The expected frame <paramref name="frame"/>, counted from 0, of a sequence; row-major.</summary>
    internal static float[] Of(IDigits digits, int digit, DigitMotion motion, int seed, int sequence, int frame)
    {
        var before = DigitSequences.Walk(digits, digit, motion, seed, sequence).Take(frame).Last().Digit.Copy();
        var seen = Enumerable.Range(0, Levels + 1).Select(i => Seen((double)i / Levels, motion.Noise)).ToArray();
        var random = RandomStream.Of(sequence, frame);
        var sum = new double[motion.Side * motion.Side];
        for (var draw = 0; draw < Draws; draw++)
        {
            var next = before.Copy();
            next.Step(random);
            var clean = next.Clean();
            for (var i = 0; i < sum.Length; i++)
                sum[i] += seen[(int)Math.Round(Levels * clean[i])];
        }
        return Array.ConvertAll(sum, s => (float)(s / Draws));
    }

    /// <summary>The mean of a value with noise, kept within 0 … 1.</summary>
    private static double Seen(double value, double noise)
    {
        if (noise == 0)
            return value;
        var (low, high) = (-value / noise, (1 - value) / noise);
        return (value * (Normal.CDF(0, 1, high) - Normal.CDF(0, 1, low))) + (noise * (Normal.PDF(0, 1, low) - Normal.PDF(0, 1, high)))
            + 1 - Normal.CDF(0, 1, high);
    }
}
