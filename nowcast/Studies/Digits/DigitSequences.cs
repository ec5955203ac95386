using Normal = MathNet.Numerics.Distributions.Normal; // TorchSharp has a Normal of its own

namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>How digits move.</summary>
public sealed record DigitMotion
{
    public int Side { get; init; } = 36;

    public int Frames { get; init; } = 16;

    /// <summary>The share of the last increment that the next one keeps.</summary>
    public double Memory { get; init; } = 0.8;

    /// <summary>Standard deviations of what is new in each increment: degrees, pixels, and parts of the intensity.</summary>
    public double Turn { get; init; } = 5;

    public double Shift { get; init; } = 0.6;

    public double Fade { get; init; } = 0.02;

    /// <summary>How strongly positions are pulled back to the middle, so that digits stay in the frame.</summary>
    public double Pull { get; init; } = 0.05;

    /// <summary>The standard deviation of the noise of each pixel of each frame.</summary>
    public double Noise { get; init; } = 0.05;
}

/// <summary>
/// Sequences of one digit that turns, moves and fades along autoregressive walks, each frame with noise of its own (Williams 2025, the
/// data N6 and N3). Values stay within 0 … 1.
/// </summary>
/// <param name="Frames">For each sequence its frames, row-major.</param>
/// <param name="Side">Rows and columns of a frame.</param>
public sealed record DigitSequences(IReadOnlyList<float[][]> Frames, int Side)
{
    public static DigitSequences Make(IDigits digits, int digit, int count, DigitMotion motion, int seed)
    {
        ArgumentNullException.ThrowIfNull(digits);
        ArgumentNullException.ThrowIfNull(motion);
        return new([.. Enumerable.Range(0, count).Select(i => Walk(digits, digit, motion, seed, i).Select(at => at.Seen).ToArray())],
            motion.Side);
    }

    /// <summary>A sequence frame by frame: where the digit is, and what is seen of it.</summary>
    internal static IEnumerable<(MovingDigit Digit, float[] Seen)> Walk(IDigits digits, int digit, DigitMotion motion, int seed,
        int sequence)
    {
        // Each sequence has its own stream, so that more of them leave the first ones as they are.
        var random = RandomStream.Of(seed, sequence);
        var moving = new MovingDigit(digits.Draw(digit, random), motion, random);
        for (var t = 0; t < motion.Frames; t++)
        {
            moving.Step(random);
            yield return (moving, Array.ConvertAll(moving.Clean(),
                v => (float)Math.Clamp(v + Normal.Sample(random, 0, motion.Noise), 0, 1)));
        }
    }
}
