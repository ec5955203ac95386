namespace ConvLstm.Nowcast.Verification;

/// <summary>Scores of the 2 × 2 table; definitions in Wilks (2019), Statistical Methods in the Atmospheric Sciences, section 9.2.</summary>
/// <param name="Csi">Critical success index, hits / (hits + misses + false alarms).</param>
/// <param name="Pod">Probability of detection.</param>
/// <param name="Far">False alarm ratio, false alarms / forecast events.</param>
/// <param name="Hss">Heidke skill score.</param>
/// <param name="Bias">Frequency bias, forecast events / observed events.</param>
/// <param name="Pofd">Probability of false detection, false alarms / observed non-events.</param>
public sealed record ContingencyScores(double Csi, double Pod, double Far, double Hss, double Bias, double Pofd);

/// <summary>Hits, misses, false alarms and correct negatives of rain at or above a threshold.</summary>
public sealed class Contingency : IScore<Contingency, ContingencyScores>
{
    private Contingency(float threshold) => Threshold = threshold;

    /// <summary>mm/h; an event is a rate at or above it, less a thousandth for the rounding of packed data.</summary>
    public float Threshold { get; }

    public long Hits { get; private set; }

    public long Misses { get; private set; }

    public long FalseAlarms { get; private set; }

    public long CorrectNegatives { get; private set; }

    public static Contingency Init(float threshold) => new(threshold);

    /// <param name="forecast">mm/h.</param>
    /// <param name="observed">mm/h.</param>
    /// <param name="mask">The pixels that count; all where empty.</param>
    public void Accumulate(ReadOnlySpan<float> forecast, ReadOnlySpan<float> observed, ReadOnlySpan<bool> mask = default)
    {
        Fields.Check(forecast.Length, observed.Length, mask.Length);
        // Indexed by two bits, so that the loop has no branch on the data.
        Span<long> cells = stackalloc long[4];
        for (var i = 0; i < forecast.Length; i++)
        {
            if (!Fields.Counts(forecast[i], observed[i], mask, i))
                continue;
            cells[(Fields.IsEvent(forecast[i], Threshold) ? 2 : 0) + (Fields.IsEvent(observed[i], Threshold) ? 1 : 0)]++;
        }
        CorrectNegatives += cells[0];
        Misses += cells[1];
        FalseAlarms += cells[2];
        Hits += cells[3];
    }

    public void Merge(Contingency other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Fields.CheckSame(Threshold, other.Threshold, "threshold");
        Hits += other.Hits;
        Misses += other.Misses;
        FalseAlarms += other.FalseAlarms;
        CorrectNegatives += other.CorrectNegatives;
    }

    public ContingencyScores Compute()
    {
        double a = Hits, b = FalseAlarms, c = Misses, d = CorrectNegatives;
        return new ContingencyScores(
            a / (a + b + c), a / (a + c), b / (a + b),
            2 * ((a * d) - (b * c)) / (((a + c) * (c + d)) + ((a + b) * (b + d))),
            (a + b) / (a + c), b / (b + d));
    }
}
