namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// From which probability on rain of a threshold is put on a map that shall show so many pixels of it: those where it is most likely. How much rain there is
/// in all an event shows better by its newest scan than other events do by their mean; where it will be is what the probabilities know.
/// </summary>
internal static class AreaLevel
{
    /// <summary>Probabilities are counted on a logarithmic scale, as those of rare rain are small.</summary>
    private const int Bins = 2000;
    private const float LeastLog = -12;

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
                counts[Bin(probabilities[i])]++;
        }
        var (shown, bin) = (0, Bins - 1);
        while (bin > 0 && shown + counts[bin] < pixels)
            shown += counts[bin--];
        return bin == 0 ? Math.Exp(LeastLog) : Within(bin, probabilities, known, pixels - shown);
    }

    /// <summary>The probability of a bin that so many of it reach.</summary>
    private static double Within(int bin, ReadOnlySpan<float> probabilities, ReadOnlySpan<bool> known, int pixels)
    {
        var likely = new List<float>();
        for (var i = 0; i < probabilities.Length; i++)
        {
            if (known[i] && probabilities[i] > 0 && Bin(probabilities[i]) == bin)
                likely.Add(probabilities[i]);
        }
        likely.Sort();
        return likely[^pixels];
    }

    private static int Bin(float probability) => Math.Clamp((int)((MathF.Log(probability) - LeastLog) / -LeastLog * Bins), 0, Bins - 1);
}
