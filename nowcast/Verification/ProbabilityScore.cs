namespace ConvLstm.Nowcast.Verification;

/// <summary>A point of the reliability diagram: the bin's mean forecast, how often the event came, and how many pixels say so.</summary>
public sealed record ReliabilityPoint(double Forecast, double Observed, long Count);

/// <summary>A point of the ROC curve: warning at or above a probability.</summary>
public sealed record RocPoint(double Probability, double Pofd, double Pod);

/// <summary>Scores of exceedance probabilities.</summary>
/// <param name="Count">Pixels.</param>
/// <param name="Brier">The mean squared difference of probability and outcome (Brier 1950).</param>
/// <param name="ReliabilityTerm">Murphy's (1973) first term, 0 for perfect calibration.</param>
/// <param name="ResolutionTerm">
/// The second, more is better, with the variance and covariance inside the bins (Stephenson, Coelho and Jolliffe 2008),
/// so that Brier = reliability − resolution + uncertainty holds for any bins.
/// </param>
/// <param name="UncertaintyTerm">The third: base rate × (1 − base rate).</param>
/// <param name="Reliability">The diagram; bins without forecasts are left out.</param>
/// <param name="Roc">From never warning (0, 0) to always warning (1, 1).</param>
/// <param name="RocArea">The area under it, by trapezoids.</param>
public sealed record ProbabilityScores(
    long Count, double Brier, double ReliabilityTerm, double ResolutionTerm, double UncertaintyTerm,
    IReadOnlyList<ReliabilityPoint> Reliability, IReadOnlyList<RocPoint> Roc, double RocArea)
{
    /// <summary>Brier skill against always saying the base rate.</summary>
    public double BrierSkill => 1 - (Brier / UncertaintyTerm);
}

/// <summary>
/// Brier score, its decomposition, reliability and ROC of the probability that rain reaches a threshold, from counts in equal bins.
/// </summary>
public sealed class ProbabilityScore : IScore<ProbabilityScore, ProbabilityScores>
{
    private readonly long[] _counts;
    private readonly long[] _events;
    private readonly double[] _sums;
    private double _squares;

    private ProbabilityScore(float threshold, int bins)
    {
        Threshold = threshold;
        _counts = new long[bins];
        _events = new long[bins];
        _sums = new double[bins];
    }

    /// <summary>mm/h.</summary>
    public float Threshold { get; }

    /// <summary>For each bin: pixels, the sum of their probabilities, and the pixels with the event.</summary>
    public IReadOnlyList<(long Count, double SumProbability, long Events)> Bins =>
        _counts.Select((count, bin) => (count, _sums[bin], _events[bin])).ToArray();

    /// <summary>The sum of (probability − outcome)².</summary>
    public double SumSquares => _squares;

    /// <param name="threshold">mm/h.</param>
    /// <param name="bins">Equal bins from 0 to 1; the last one holds 1 too.</param>
    public static ProbabilityScore Init(float threshold, int bins = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        return new ProbabilityScore(threshold, bins);
    }

    /// <param name="probability">0 to 1.</param>
    /// <param name="observed">mm/h.</param>
    /// <param name="mask">The pixels that count; all where empty.</param>
    public void Accumulate(ReadOnlySpan<float> probability, ReadOnlySpan<float> observed, ReadOnlySpan<bool> mask = default)
    {
        Fields.Check(probability.Length, observed.Length, mask.Length);
        for (var i = 0; i < probability.Length; i++)
        {
            if (!Fields.Counts(probability[i], observed[i], mask, i))
                continue;
            double p = probability[i], o = Fields.IsEvent(observed[i], Threshold) ? 1 : 0;
            var bin = Math.Clamp((int)(p * _counts.Length), 0, _counts.Length - 1);
            _counts[bin]++;
            _events[bin] += (long)o;
            _sums[bin] += p;
            _squares += (p - o) * (p - o);
        }
    }

    public void Merge(ProbabilityScore other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Fields.CheckSame(Threshold, other.Threshold, "threshold");
        Fields.CheckSame(_counts.Length, other._counts.Length, "bins");
        for (var bin = 0; bin < _counts.Length; bin++)
        {
            _counts[bin] += other._counts[bin];
            _events[bin] += other._events[bin];
            _sums[bin] += other._sums[bin];
        }
        _squares += other._squares;
    }

    public ProbabilityScores Compute()
    {
        var total = _counts.Sum();
        var happened = _events.Sum();
        var (n, rate) = ((double)total, happened / (double)total);
        var diagram = Enumerable.Range(0, _counts.Length).Where(bin => _counts[bin] > 0)
            .Select(bin => new ReliabilityPoint(_sums[bin] / _counts[bin], _events[bin] / (double)_counts[bin], _counts[bin])).ToArray();
        var brier = _squares / n;
        var reliability = diagram.Sum(point => point.Count * Square(point.Forecast - point.Observed)) / n;
        var uncertainty = rate * (1 - rate);
        // What is left is the spread of the bins' outcomes and what the probabilities tell within their bins.
        var resolution = reliability + uncertainty - brier;
        var roc = Roc(total, happened);
        var area = roc.Zip(roc.Skip(1), (a, b) => (b.Pofd - a.Pofd) * (a.Pod + b.Pod) / 2).Sum();
        return new ProbabilityScores(total, brier, reliability, resolution, uncertainty, diagram, roc, area);
    }

    private RocPoint[] Roc(long total, long happened)
    {
        var points = new RocPoint[_counts.Length + 1];
        long hits = 0, warnings = 0;
        points[0] = new RocPoint(1, 0, 0);
        for (var bin = _counts.Length - 1; bin >= 0; bin--)
        {
            hits += _events[bin];
            warnings += _counts[bin];
            points[_counts.Length - bin] = new RocPoint(
                bin / (double)_counts.Length, (warnings - hits) / (double)(total - happened), hits / (double)happened);
        }
        return points;
    }

    private static double Square(double value) => value * value;
}
