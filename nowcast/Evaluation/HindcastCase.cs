namespace ConvLstm.Nowcast.Evaluation;

/// <summary>The scores of one issue time by method, mask and lead; kept apart so that issue times can be drawn again.</summary>
internal sealed class HindcastCase
{
    private readonly LeadScores[] _scores;
    private readonly int _masks = Masks.Names.Count;

    internal HindcastCase(DateTimeOffset issueTime, int leads, int methods, HindcastOptions options)
    {
        IssueTime = issueTime;
        Leads = leads;
        _scores = Enumerable.Range(0, methods * _masks * leads).Select(_ => new LeadScores(options)).ToArray();
    }

    internal DateTimeOffset IssueTime { get; }

    internal int Leads { get; }

    /// <summary>False where a method made no forecast: methods are not compared on it.</summary>
    internal bool HasAllMethods { get; init; } = true;

    internal LeadScores this[int method, int mask, int lead] => _scores[(((method * _masks) + mask) * Leads) + lead];
}
