namespace ConvLstm.Nowcast.Cascade;

/// <summary>
/// Gives a field the distribution of rates of an observed one, by rank: the highest value becomes the highest rate, and as much of the
/// area is wet as was (probability matching, Ebert 2001; Foresti et al. 2016). Ranks are read off a histogram so fine that ties do not
/// matter.
/// </summary>
internal sealed class DistributionMatching
{
    private const int Bins = 1 << 14;

    /// <summary>The wet rates of the observed field, falling, mm/h.</summary>
    private readonly float[] _rates;
    private readonly int _pixels;

    /// <param name="observed">mm/h; NaN does not count.</param>
    internal DistributionMatching(ReadOnlySpan<float> observed)
    {
        var wet = new List<float>(observed.Length / 4);
        foreach (var rate in observed)
        {
            if (float.IsNaN(rate))
                continue;
            _pixels++;
            if (rate >= PaddedRain.Threshold)
                wet.Add(rate);
        }
        _rates = [.. wet];
        Array.Sort(_rates, (a, b) => b.CompareTo(a));
    }

    /// <summary>Replaces values by rates of the same rank; NaN stays.</summary>
    internal void Apply(Span<float> field)
    {
        var (low, high, known) = (float.MaxValue, float.MinValue, 0);
        foreach (var value in field)
        {
            if (float.IsNaN(value))
                continue;
            (low, high, known) = (Math.Min(low, value), Math.Max(high, value), known + 1);
        }
        if (known == 0)
            return;
        var scale = Bins / Math.Max(high - low, 1e-6f);
        var counts = new int[Bins];
        foreach (var value in field)
        {
            if (!float.IsNaN(value))
                counts[Bin(value)]++;
        }
        var above = new double[Bins];
        for (var bin = Bins - 2; bin >= 0; bin--)
            above[bin] = above[bin + 1] + counts[bin + 1];
        // The field may have more or fewer known pixels than the observed one.
        var perPixel = _pixels / (double)known;
        for (var i = 0; i < field.Length; i++)
        {
            if (float.IsNaN(field[i]))
                continue;
            var bin = Bin(field[i]);
            var within = 1 - Math.Clamp(((field[i] - low) * scale) - bin, 0, 1);
            var rank = (int)((above[bin] + (within * counts[bin])) * perPixel);
            field[i] = rank < _rates.Length ? _rates[rank] : 0;
        }

        int Bin(float value) => Math.Min(Bins - 1, (int)((value - low) * scale));
    }
}
