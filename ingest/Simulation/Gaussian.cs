namespace ConvLstm.Nowcast.Ingest.Simulation;

/// <summary>Normal deviates by the polar method of Marsaglia and Bray (1964), two at a time.</summary>
internal static class Gaussian
{
    internal static (double First, double Second) Pair(Random random)
    {
        while (true)
        {
            var u = (2 * random.NextDouble()) - 1;
            var v = (2 * random.NextDouble()) - 1;
            var s = (u * u) + (v * v);
            if (s is > 0 and < 1)
            {
                var factor = Math.Sqrt(-2 * Math.Log(s) / s);
                return (u * factor, v * factor);
            }
        }
    }

    internal static double Next(Random random) => Pair(random).First;
}
