namespace ConvLstm.Nowcast.Studies.Radar;

/// <summary>
/// The scores of one method on one event: sums over its situations for each lead, then means over leads, as <c>nowcast evaluate</c> does.
/// </summary>
public sealed class EventScores
{
    private readonly IReadOnlyList<IReadOnlyList<LeadSums>> _cases;

    /// <param name="cases">Of one event.</param>
    /// <param name="method">One of theirs.</param>
    public EventScores(IEnumerable<CaseScores> cases, string method) => _cases = [.. cases.Select(c => c.Methods[method])];

    /// <summary>
    /// The critical success index of a threshold, by its index; of the first lead only where asked. NaN where nothing was forecast or
    /// came.
    /// </summary>
    public double Csi(int threshold, bool firstLead = false) => OverLeads(firstLead, at => Ratio(
        at.Sum(s => s.Hits[threshold]), at.Sum(s => s.Hits[threshold] + s.Misses[threshold] + s.FalseAlarms[threshold])));

    /// <summary>The fractions skill score, by the index of the threshold and of the scale.</summary>
    public double Fss(int threshold, int scale)
    {
        var index = (threshold * LeadSums.FractionsKilometres.Count) + scale;
        return OverLeads(false, at => 1 - Ratio(at.Sum(s => s.FractionsDifference[index]), at.Sum(s => s.FractionsReference[index])));
    }

    public double Crps => OverLeads(false, at => Ratio(at.Sum(s => s.Crps), at.Sum(s => s.Pixels)));

    /// <summary>Of the mean rate.</summary>
    public double Mae => OverLeads(false, at => Ratio(at.Sum(s => s.Absolute), at.Sum(s => s.Pixels)));

    /// <summary>Of the mean rate.</summary>
    public double Rmse => OverLeads(false, at => Math.Sqrt(Ratio(at.Sum(s => s.Squared), at.Sum(s => s.Pixels))));

    /// <summary>The mean rate over the observed one, all leads together.</summary>
    public double MeanBias => Ratio(_cases.Sum(c => c.Sum(s => s.Forecast)), _cases.Sum(c => c.Sum(s => s.Observed)));

    /// <summary>The area that reaches a threshold over the observed one, all leads together.</summary>
    public double AreaBias(int threshold) => Ratio(
        _cases.Sum(c => c.Sum(s => s.Hits[threshold] + s.FalseAlarms[threshold])),
            _cases.Sum(c => c.Sum(s => s.Hits[threshold] + s.Misses[threshold])));

    /// <summary>Pixels and leads at which a threshold was reached.</summary>
    public long Occurrences(int threshold) => _cases.Sum(c => c.Sum(s => s.Hits[threshold] + s.Misses[threshold]));

    private double OverLeads(bool firstOnly, Func<IReadOnlyList<LeadSums>, double> score)
    {
        var leads = firstOnly ? 1 : _cases.Max(c => c.Count);
        var values = Enumerable.Range(0, leads).Select(lead => score([.. _cases.Where(c => c.Count > lead).Select(c => c[lead])]))
            .Where(double.IsFinite).ToList();
        return values.Count == 0 ? double.NaN : values.Average();
    }

    private static double Ratio(double part, double of) => of == 0 ? double.NaN : part / of;
}
