namespace ConvLstm.Nowcast.Verification;

/// <summary>
/// The continuous ranked probability score of ensembles in mm/h: that of the step function of the members (Hersbach 2000),
/// mean |x − y| − mean |x − x'| / 2. A field stands for an ensemble of one, whose score is the mean absolute error.
/// </summary>
public sealed class EnsembleCrps : IScore<EnsembleCrps, double>
{
    private long _count;
    private double _sum;

    private EnsembleCrps()
    {
    }

    public static EnsembleCrps Init() => new();

    /// <param name="members">mm/h of each member.</param>
    /// <param name="observed">mm/h.</param>
    /// <param name="mask">The pixels that count; all where empty.</param>
    public void Accumulate(IReadOnlyList<float[]> members, ReadOnlySpan<float> observed, ReadOnlySpan<bool> mask = default)
    {
        ArgumentNullException.ThrowIfNull(members);
        var sorted = new float[members.Count];
        foreach (var member in members)
            Fields.Check(member.Length, observed.Length, mask.Length);
        for (var i = 0; i < observed.Length; i++)
        {
            if (!Ensemble.TryRead(members, observed, mask, i, sorted))
                continue;
            Array.Sort(sorted);
            double distance = 0, spread = 0;
            for (var m = 0; m < sorted.Length; m++)
            {
                distance += Math.Abs(sorted[m] - observed[i]);
                // Of the sorted members, Σ |x − x'| over all pairs is 2 Σ (2m + 1 − M) x.
                spread += ((2 * m) + 1 - sorted.Length) * (double)sorted[m];
            }
            _sum += (distance / sorted.Length) - (spread / ((double)sorted.Length * sorted.Length));
            _count++;
        }
    }

    public void Merge(EnsembleCrps other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _count += other._count;
        _sum += other._sum;
    }

    public double Compute() => _sum / _count;
}
