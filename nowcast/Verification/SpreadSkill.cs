namespace ConvLstm.Nowcast.Verification;

/// <summary>The spread of an ensemble and the error of its mean in mm/h; a reliable ensemble has a ratio of 1.</summary>
public sealed record SpreadSkillScores(double Spread, double Rmse)
{
    public double Ratio => Spread / Rmse;
}

/// <summary>
/// Spread against skill (Fortin et al. 2014): the root of the mean variance of the members, corrected for the size of
/// the ensemble by (M + 1) / M, and the root mean square error of the ensemble mean.
/// </summary>
public sealed class SpreadSkill : IScore<SpreadSkill, SpreadSkillScores>
{
    private readonly int _members;
    private long _count;
    private double _variance;
    private double _error;

    private SpreadSkill(int members) => _members = members;

    /// <param name="members">The size of the ensemble, at least 2.</param>
    public static SpreadSkill Init(int members)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(members, 2);
        return new SpreadSkill(members);
    }

    /// <param name="ensemble">mm/h of each member.</param>
    /// <param name="observed">mm/h.</param>
    /// <param name="mask">The pixels that count; all where empty.</param>
    public void Accumulate(IReadOnlyList<float[]> ensemble, ReadOnlySpan<float> observed, ReadOnlySpan<bool> mask = default)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        Fields.CheckSame(_members, ensemble.Count, "members");
        foreach (var member in ensemble)
            Fields.Check(member.Length, observed.Length, mask.Length);
        var values = new float[_members];
        for (var i = 0; i < observed.Length; i++)
        {
            if (!Ensemble.TryRead(ensemble, observed, mask, i, values))
                continue;
            double mean = 0, squares = 0;
            foreach (var value in values)
                mean += value;
            mean /= _members;
            foreach (var value in values)
                squares += (value - mean) * (value - mean);
            _variance += squares / (_members - 1);
            _error += (mean - observed[i]) * (mean - observed[i]);
            _count++;
        }
    }

    public void Merge(SpreadSkill other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Fields.CheckSame(_members, other._members, "members");
        _count += other._count;
        _variance += other._variance;
        _error += other._error;
    }

    public SpreadSkillScores Compute() =>
        new(Math.Sqrt(_variance / _count * (_members + 1) / _members), Math.Sqrt(_error / _count));
}
