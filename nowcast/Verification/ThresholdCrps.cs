namespace ConvLstm.Nowcast.Verification;

/// <summary>
/// The continuous ranked probability score, in mm/h, of a list of exceedance probabilities: ∫ (P(rain > x) − 1[y > x])² dx
/// (Matheson and Winkler 1976). Between 0 and the first threshold the first probability holds, between thresholds it is
/// linear, and above the last it falls off exponentially at the rate at which it fell between the last two.
/// </summary>
public sealed class ThresholdCrps : IScore<ThresholdCrps, double>
{
    private readonly float[] _thresholds;
    private long _count;
    private double _sum;

    private ThresholdCrps(float[] thresholds) => _thresholds = thresholds;

    /// <summary>mm/h, rising.</summary>
    public IReadOnlyList<float> Thresholds => _thresholds;

    /// <summary>Pixels compared.</summary>
    public long Count => _count;

    /// <summary>The sum of the scores, mm/h.</summary>
    public double Sum => _sum;

    /// <exception cref="ArgumentException">No threshold, or thresholds that do not rise from above 0.</exception>
    public static ThresholdCrps Init(params ReadOnlySpan<float> thresholds)
    {
        var last = 0f;
        foreach (var threshold in thresholds)
        {
            if (!(threshold > last))
                throw new ArgumentException("The thresholds of a ladder rise from above 0.", nameof(thresholds));
            last = threshold;
        }
        return last > 0 ? new ThresholdCrps(thresholds.ToArray())
            : throw new ArgumentException("A ladder has a threshold.", nameof(thresholds));
    }

    /// <param name="probabilities">P(rain reaches the threshold) for each threshold, 0 to 1.</param>
    /// <param name="observed">mm/h.</param>
    /// <param name="mask">The pixels that count; all where empty.</param>
    public void Accumulate(IReadOnlyList<float[]> probabilities, ReadOnlySpan<float> observed, ReadOnlySpan<bool> mask = default)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        if (probabilities.Count != _thresholds.Length)
            throw new ArgumentException($"{probabilities.Count} maps do not fit {_thresholds.Length} thresholds.", nameof(probabilities));
        foreach (var map in probabilities)
            Fields.Check(map.Length, observed.Length, mask.Length);
        var ladder = new float[_thresholds.Length];
        for (var i = 0; i < observed.Length; i++)
        {
            if (!Ensemble.TryRead(probabilities, observed, mask, i, ladder))
                continue;
            // Most of a map is surely dry, and scores nothing.
            if (ladder[0] > 0 || observed[i] > 0)
                _sum += Score(ladder, observed[i]);
            _count++;
        }
    }

    public void Merge(ThresholdCrps other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Fields.CheckSameList(_thresholds, other._thresholds, "thresholds");
        _count += other._count;
        _sum += other._sum;
    }

    public double Compute() => _sum / _count;

    private double Score(ReadOnlySpan<float> ladder, double y)
    {
        double score = 0, from = 0, p = ladder[0];
        for (var k = 0; k < ladder.Length; k++)
        {
            score += Segment(from, _thresholds[k], p, ladder[k], y);
            (from, p) = (_thresholds[k], ladder[k]);
        }
        return score + Tail(ladder, y);
    }

    // ∫ of the squared difference from a to b, where the probability goes linearly from p to q.
    private static double Segment(double a, double b, double p, double q, double y)
    {
        if (y <= a)
            return Squared(b - a, p, q);
        if (y >= b)
            return Squared(b - a, p - 1, q - 1);
        var at = p + ((q - p) * (y - a) / (b - a));
        return Squared(y - a, p - 1, at - 1) + Squared(b - y, at, q);
    }

    private static double Squared(double length, double u, double v) => length * ((u * u) + (u * v) + (v * v)) / 3;

    private double Tail(ReadOnlySpan<float> ladder, double y)
    {
        double top = _thresholds[^1], p = ladder[^1];
        var above = Math.Max(0, y - top);
        if (p <= 0)
            return above;
        var (before, p0) = ladder.Length > 1 ? (_thresholds[^2], ladder[^2]) : (0f, 1f);
        // Where the probability does not fall at its end, nothing says how fast the tail does: as far as the thresholds reach.
        var scale = p0 > p ? Math.Min(top, (top - before) / Math.Log(p0 / p)) : top;
        return above - (2 * p * scale * (1 - Math.Exp(-above / scale))) + (p * p * scale / 2);
    }
}
