namespace ConvLstm.Nowcast.Ensemble;

/// <summary>
/// Rain rates from exceedance probabilities: between two thresholds the logarithm of the rate is linear in the probability, below the
/// first it is dry, and above the last it falls off exponentially at the rate at which it fell between the last two.
/// </summary>
/// <param name="thresholds">mm/h, rising.</param>
public sealed class DistributionQuantile(IReadOnlyList<float> thresholds)
{
    private readonly float[] _logs = [.. thresholds.Select(t => MathF.Log(t))];

    /// <param name="probabilities">Of reaching each threshold, not rising.</param>
    /// <param name="exceedance">0 to 1: the probability that the rain is above the rate that is looked for.</param>
    /// <returns>mm/h.</returns>
    public float Rate(ReadOnlySpan<float> probabilities, float exceedance)
    {
        if (exceedance >= probabilities[0])
            return 0;
        var above = 1;
        while (above < probabilities.Length && probabilities[above] > exceedance)
            above++;
        if (above == probabilities.Length)
            return Tail(probabilities, exceedance);
        var share = (probabilities[above - 1] - exceedance) / (probabilities[above - 1] - probabilities[above]);
        return MathF.Exp(_logs[above - 1] + ((_logs[above] - _logs[above - 1]) * share));
    }

    private float Tail(ReadOnlySpan<float> probabilities, float exceedance)
    {
        var (top, last) = (thresholds[^1], probabilities[^1]);
        var (before, previous) = probabilities.Length > 1 ? (thresholds[^2], probabilities[^2]) : (0f, 1f);
        // Where the probability does not fall at its end, nothing says how fast the tail does: as far as the thresholds reach.
        var scale = previous > last ? Math.Min(top, (top - before) / MathF.Log(previous / last)) : top;
        return top + (scale * MathF.Log(last / Math.Max(exceedance, last / HighestRatio)));
    }

    /// <summary>Draws rarer than this share of the last threshold's probability would be rain that nobody has seen.</summary>
    private const float HighestRatio = 50;
}
