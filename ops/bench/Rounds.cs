namespace ConvLstm.Nowcast.Bench;

/// <summary>Runs two sides in turn, so that what disturbs the machine disturbs both.</summary>
internal static class Rounds
{
    /// <param name="count">How often each side runs, after one run each that does not count.</param>
    /// <param name="ours">Gives seconds.</param>
    /// <param name="peer">Gives seconds.</param>
    internal static (double[] Ours, double[] Peer) Alternate(int count, Func<double> ours, Func<double> peer)
    {
        ours();
        peer();
        var (a, b) = (new double[count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            // Who goes first changes too.
            if (i % 2 == 0)
                (a[i], b[i]) = (ours(), peer());
            else
                (b[i], a[i]) = (peer(), ours());
        }
        return (a, b);
    }

    /// <summary>The same for any number of sides: who goes first changes with each round.</summary>
    /// <param name="count">How often each side runs, after one run each that does not count.</param>
    /// <param name="sides">What each does.</param>
    /// <returns>For each side what the rounds gave.</returns>
    internal static T[][] Alternate<T>(int count, params Func<T>[] sides)
    {
        var results = sides.Select(_ => new T[count]).ToArray();
        for (var round = -1; round < count; round++)
        {
            for (var i = 0; i < sides.Length; i++)
            {
                var side = (i + Math.Max(0, round)) % sides.Length;
                var result = sides[side]();
                if (round >= 0)
                    results[side][round] = result;
            }
        }
        return results;
    }

    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
