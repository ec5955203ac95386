namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// From which probability on rain of a threshold is put on a map. Where probabilities are true, a map that shows all pixels above a level
/// is expected to have hits, false alarms and misses that follow from the probabilities themselves; the level with the highest
/// expected CSI is near CSI / (1 + CSI) (Hogan and Mason 2012, section 3.2): low for rain whose place is not known, half where it is.
/// </summary>
internal sealed class ExpectedCsi
{
    private const int Bins = 400;

    /// <summary>A level below this would show rain where it is all but sure not to come.</summary>
    internal const double LowestLevel = 0.1;

    /// <summary>A half is the level of who knows nothing else: with it a map of sure rain is that rain.</summary>
    internal const double UsualLevel = 0.5;

    /// <summary>A map that shows more than this many times the area that is expected is no use to anybody, whatever its CSI.</summary>
    private const double LargestBias = 1.6;

    /// <summary>With fewer expected pixels the choice would be chance.</summary>
    private const double FewestEvents = 20;

    private readonly long[] _pixels = new long[Bins];
    private readonly double[] _events = new double[Bins];

    /// <param name="probabilities">0 to 1.</param>
    /// <param name="known">The pixels that count.</param>
    internal static double Level(ReadOnlySpan<float> probabilities, ReadOnlySpan<bool> known)
    {
        var sums = new ExpectedCsi();
        for (var i = 0; i < probabilities.Length; i++)
        {
            if (!known[i])
                continue;
            var bin = Math.Min(Bins - 1, (int)(probabilities[i] * Bins));
            sums._pixels[bin]++;
            sums._events[bin] += probabilities[i];
        }
        return sums.Best();
    }

    private double Best()
    {
        var all = _events.Sum();
        if (all < FewestEvents)
            return UsualLevel;
        var (shown, hits, bestCsi, best) = (0L, 0.0, 0.0, UsualLevel);
        for (var bin = Bins - 1; bin >= LowestLevel * Bins; bin--)
        {
            (shown, hits) = (shown + _pixels[bin], hits + _events[bin]);
            if (shown > LargestBias * all)
                break;
            var csi = hits / (all + shown - hits);
            if (csi > bestCsi)
                (bestCsi, best) = (csi, (bin - 0.01) / Bins);
        }
        return best;
    }
}
