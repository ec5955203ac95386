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

    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
