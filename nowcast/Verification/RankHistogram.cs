namespace ConvLstm.Nowcast.Verification;

/// <summary>
/// How often the observation fell between which members (Hamill 2001): flat for a reliable ensemble. An observation equal
/// to members, as where all is dry, is shared among the ranks it may have. Pixels dry in all members and in the
/// observation say nothing and are left out where asked.
/// </summary>
public sealed class RankHistogram : IScore<RankHistogram, IReadOnlyList<double>>
{
    private readonly double[] _ranks;
    private readonly bool _leaveOutDry;

    private RankHistogram(int members, bool leaveOutDry)
    {
        _ranks = new double[members + 1];
        _leaveOutDry = leaveOutDry;
    }

    /// <param name="members">The size of the ensemble.</param>
    /// <param name="leaveOutDry">Whether pixels without any rain count.</param>
    public static RankHistogram Init(int members, bool leaveOutDry = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(members, 1);
        return new RankHistogram(members, leaveOutDry);
    }

    /// <param name="members">mm/h of each member.</param>
    /// <param name="observed">mm/h.</param>
    /// <param name="mask">The pixels that count; all where empty.</param>
    public void Accumulate(IReadOnlyList<float[]> members, ReadOnlySpan<float> observed, ReadOnlySpan<bool> mask = default)
    {
        ArgumentNullException.ThrowIfNull(members);
        Fields.CheckSame(_ranks.Length - 1, members.Count, "members");
        foreach (var member in members)
            Fields.Check(member.Length, observed.Length, mask.Length);
        var values = new float[members.Count];
        for (var i = 0; i < observed.Length; i++)
        {
            if (!Ensemble.TryRead(members, observed, mask, i, values))
                continue;
            int below = 0, equal = 0;
            var wet = observed[i] > 0;
            foreach (var value in values)
            {
                below += value < observed[i] ? 1 : 0;
                equal += value == observed[i] ? 1 : 0;
                wet |= value > 0;
            }
            if (_leaveOutDry && !wet)
                continue;
            for (var rank = below; rank <= below + equal; rank++)
                _ranks[rank] += 1.0 / (equal + 1);
        }
    }

    public void Merge(RankHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Fields.CheckSame(_ranks.Length, other._ranks.Length, "ranks");
        Fields.CheckSame(_leaveOutDry, other._leaveOutDry, "dry pixels");
        for (var rank = 0; rank < _ranks.Length; rank++)
            _ranks[rank] += other._ranks[rank];
    }

    /// <summary>The share of each rank, from below all members to above all of them.</summary>
    public IReadOnlyList<double> Compute()
    {
        var total = _ranks.Sum();
        return _ranks.Select(rank => rank / total).ToArray();
    }
}
