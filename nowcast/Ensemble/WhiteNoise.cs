namespace ConvLstm.Nowcast.Ensemble;

/// <summary>
/// Standard normal numbers that a seed gives again whatever else the process draws: the tensor library has one generator for all threads.
/// </summary>
internal static class WhiteNoise
{
    /// <summary>
    /// A field of independent numbers, by Box and Muller (1958); each row has a stream of its own, so that rows can be drawn side by
    /// side.
    /// </summary>
    /// <param name="seed">Of all fields.</param>
    /// <param name="field">Which one, from 0.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <returns>height · width numbers.</returns>
    internal static float[] Of(long seed, long field, int height, int width)
    {
        var noise = new float[height * width];
        Parallel.For(0, height, row =>
        {
            var random = RandomStream.Of(seed, (field * height) + row);
            for (var column = 0; column < width; column += 2)
            {
                var radius = MathF.Sqrt(-2 * MathF.Log(1 - random.NextSingle()));
                var (sine, cosine) = MathF.SinCos(2 * MathF.PI * random.NextSingle());
                noise[(row * width) + column] = radius * cosine;
                if (column + 1 < width)
                    noise[(row * width) + column + 1] = radius * sine;
            }
        });
        return noise;
    }
}
