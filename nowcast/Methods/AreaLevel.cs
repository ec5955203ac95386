namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// From which probability on rain of a threshold is put on a map that shall show so many pixels of it: those where it is most likely. How much rain there is
/// in all an event shows better by its newest scan than other events do by their mean; where it will be is what the probabilities know.
/// </summary>
internal static class AreaLevel
{
    /// <summary>Probabilities are counted on a logarithmic scale, as those of rare rain are small.</summary>
    private const int Bins = 2000;
    private const double LeastLog = -12;

    /// <summary>With nothing to show, no probability is enough.</summary>
    private const double Never = 2;

    /// <param name="probabilities">0 to 1.</param>
    /// <param name="known">The pixels that count.</param>
    /// <param name="pixels">How many shall be shown.</param>
    internal static double Of(ReadOnlySpan<float> probabilities, ReadOnlySpan<bool> known, int pixels)
    {
        if (pixels == 0)
            return Never;
        var counts = new int[Bins];
        for (var i = 0; i < probabilities.Length; i++)
        {
            if (known[i] && probabilities[i] > 0)
                counts[Math.Clamp((int)((Math.Log(probabilities[i]) - LeastLog) / -LeastLog * Bins), 0, Bins - 1)]++;
        }
        var shown = 0;
        for (var bin = Bins - 1; bin > 0; bin--)
        {
            // Half a bin's pixels too many are better than all of them too few.
            if (shown + (counts[bin] / 2) >= pixels)
                return Math.Exp(LeastLog * (1 - ((bin + 1.0) / Bins)));
            shown += counts[bin];
        }
        return Math.Exp(LeastLog);
    }
}
