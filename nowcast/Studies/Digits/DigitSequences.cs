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
        // Each sequence has its own stream, so that more of them leave the first ones as they are.
        return new([.. Enumerable.Range(0, count).Select(i => One(digits, digit, motion, new Random((seed * 100_003) + i)))], motion.Side);
    }

    private static float[][] One(IDigits digits, int digit, DigitMotion motion, Random random)
    {
        var image = digits.Draw(digit, random);
        var (angle, x, y, ink) = (new Walk(random, motion, motion.Turn), new Walk(random, motion, motion.Shift), new Walk(random, motion, motion.Shift), new Walk(random, motion, motion.Fade));
        var frames = new float[motion.Frames][];
        for (var t = 0; t < frames.Length; t++)
        {
            frames[t] = Placed(image, motion.Side, angle.Next() * Math.PI / 180, x.Next(), y.Next(), Math.Clamp(0.9 + ink.Next(), 0.3, 1));
            for (var i = 0; i < frames[t].Length; i++)
                frames[t][i] = (float)Math.Clamp(frames[t][i] + Normal.Sample(random, 0, motion.Noise), 0, 1);
        }
        return frames;
    }

    /// <summary>The digit turned about its middle and moved, by bilinear interpolation.</summary>
    private static float[] Placed(float[] image, int side, double angle, double shiftX, double shiftY, double ink)
    {
        var frame = new float[side * side];
        var (cos, sin, half, middle) = (Math.Cos(angle), Math.Sin(angle), (IDigits.Side - 1) / 2.0, (side - 1) / 2.0);
        for (var row = 0; row < side; row++)
        {
            for (var column = 0; column < side; column++)
            {
                var (dx, dy) = (column - middle - shiftX, row - middle - shiftY);
                frame[(row * side) + column] = (float)(ink * Read(image, (cos * dx) + (sin * dy) + half, (cos * dy) - (sin * dx) + half));
            }
        }
        return frame;
    }

    private static double Read(float[] image, double x, double y)
    {
        var (left, top) = ((int)Math.Floor(x), (int)Math.Floor(y));
        var (right, down) = (x - left, y - top);
        return (At(left, top) * (1 - right) * (1 - down)) + (At(left + 1, top) * right * (1 - down)) + (At(left, top + 1) * (1 - right) * down) + (At(left + 1, top + 1) * right * down);

        double At(int column, int row) =>
            column < 0 || row < 0 || column >= IDigits.Side || row >= IDigits.Side ? 0 : image[(row * IDigits.Side) + column];
    }

    /// <summary>A walk whose increments are autoregressive.</summary>
    private sealed class Walk(Random random, DigitMotion motion, double spread)
    {
        private double value;
        private double increment = Normal.Sample(random, 0, spread / Math.Sqrt(1 - (motion.Memory * motion.Memory)));

        internal double Next()
        {
            increment = (motion.Memory * increment) + Normal.Sample(random, 0, spread) - (motion.Pull * value);
            return value += increment;
        }
    }
}
