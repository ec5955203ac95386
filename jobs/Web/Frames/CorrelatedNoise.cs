namespace ConvLstm.Nowcast.Jobs.Web.Frames;

/// <summary>Gaussian noise of mean 0 and variance 1 whose neighbours are alike: white noise smoothed at several widths.</summary>
internal static class CorrelatedNoise
{
    /// <summary>Box smoothing three times is close to a Gaussian.</summary>
    private const int Passes = 3;

    internal static float[] Make(Random random, int width, int height, ReadOnlySpan<int> widths)
    {
        var sum = new float[width * height];
        foreach (var box in widths)
        {
            var noise = new float[sum.Length];
            for (var i = 0; i < noise.Length; i++)
                noise[i] = random.NextSingle() - 0.5f;
            for (var pass = 0; pass < Passes; pass++)
            {
                SmoothLines(noise, height, width, width, 1, box);
                SmoothLines(noise, width, height, 1, width, box);
            }
            Standardise(noise);
            for (var i = 0; i < sum.Length; i++)
                sum[i] += noise[i];
        }
        Standardise(sum);
        return sum;
    }

    /// <summary>A running mean along each line; the field is taken to go on round, so that the edges are no different.</summary>
    private static void SmoothLines(float[] field, int lines, int length, int lineStride, int stride, int box)
    {
        box = Math.Min(box, length);
        var line = new float[length];
        for (var l = 0; l < lines; l++)
        {
            var start = l * lineStride;
            for (var i = 0; i < length; i++)
                line[i] = field[start + (i * stride)];
            var sum = 0f;
            for (var i = 0; i < box; i++)
                sum += line[i];
            for (var i = 0; i < length; i++)
            {
                field[start + (((i + (box / 2)) % length) * stride)] = sum / box;
                sum += line[(i + box) % length] - line[i];
            }
        }
    }

    private static void Standardise(float[] field)
    {
        double sum = 0, squares = 0;
        foreach (var value in field)
        {
            sum += value;
            squares += value * value;
        }
        var mean = sum / field.Length;
        var scale = 1 / Math.Sqrt(Math.Max(1e-12, (squares / field.Length) - (mean * mean)));
        for (var i = 0; i < field.Length; i++)
            field[i] = (float)((field[i] - mean) * scale);
    }
}
