using ConvLstm.Nowcast.Methods;

namespace ConvLstm.Nowcast.Studies.Radar;

/// <summary>A score over all events.</summary>
/// <param name="Score">Its name, such as "CSI 1 mm/h".</param>
/// <param name="Means">By method, the mean over the events.</param>
/// <param name="Ratio">The model over the reference, the geometric mean over the events.</param>
/// <param name="Low">The middle 95 per cent of a paired bootstrap over events.</param>
/// <param name="High">The same.</param>
/// <param name="Worst">The event at which the model is worst against the reference.</param>
/// <param name="Events">How many had enough rain.</param>
public sealed record CrossValidationRow(string Score, IReadOnlyDictionary<string, double> Means, double Ratio, double Low, double High,
    double Worst, int Events);

/// <summary>
/// The scores of a cross-validation over its events, each of which counts alike: events were drawn by the weather and pixels were not.
/// The reference of a score is the best of extrapolation, S-PROG and ANVIL at each event; of the CRPS, STEPS; of the errors of the mean
/// rate, S-PROG.
/// </summary>
public static class CrossValidationTable
{
    /// <summary>Pixels and leads that must have reached a threshold for an event to count.</summary>
    private const long FewestOccurrences = 2000;

    private const int Resamples = 2000;

    private static readonly string[] Classical = [Extrapolation.Name, Sprog.Name, Anvil.Name];

    public static IReadOnlyList<CrossValidationRow> Of(IReadOnlyList<CaseScores> cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        string[] methods = [.. cases[0].Methods.Keys];
        var events = cases.GroupBy(c => c.Event).Select(g => methods.ToDictionary(m => m, m => new EventScores(g, m))).ToList();
        var rows = new List<CrossValidationRow>();
        for (var t = 0; t < LeadSums.Thresholds.Count; t++)
        {
            var threshold = t;
            var enough = events.Where(e => e[ModelForecast.Name].Occurrences(threshold) >= FewestOccurrences).ToList();
            rows.Add(Row($"CSI {LeadSums.Thresholds[t]} mm/h", enough, s => s.Csi(threshold), Classical, higherIsBetter: true));
            rows.Add(Row($"CSI {LeadSums.Thresholds[t]} mm/h, first lead", enough, s => s.Csi(threshold, firstLead: true), Classical,
                higherIsBetter: true));
            rows.Add(Row($"area bias {LeadSums.Thresholds[t]} mm/h", enough, s => s.AreaBias(threshold), [], higherIsBetter: true));
        }
        for (var t = 0; t < LeadSums.FractionsThresholds.Count; t++)
        {
            for (var s = 0; s < LeadSums.FractionsKilometres.Count; s++)
            {
                var (threshold, scale, index) = (t, s, LeadSums.Thresholds.ToList().IndexOf(LeadSums.FractionsThresholds[t]));
                var enough = events.Where(e => e[ModelForecast.Name].Occurrences(index) >= FewestOccurrences).ToList();
                rows.Add(Row($"FSS {LeadSums.FractionsThresholds[t]} mm/h, {LeadSums.FractionsKilometres[s]} km", enough,
                    e => e.Fss(threshold, scale), Classical, higherIsBetter: true));
            }
        }
        rows.Add(Row("CRPS, mm/h", events, s => s.Crps, [Steps.Name], higherIsBetter: false));
        rows.Add(Row("MAE, mm/h", events, s => s.Mae, [Sprog.Name], higherIsBetter: false));
        rows.Add(Row("RMSE, mm/h", events, s => s.Rmse, [Sprog.Name], higherIsBetter: false));
        rows.Add(Row("mean rate over observed", events, s => s.MeanBias, [], higherIsBetter: true));
        return rows;
    }

    private static CrossValidationRow Row(string name, List<Dictionary<string, EventScores>> events, Func<EventScores, double> score,
        string[] reference, bool higherIsBetter)
    {
        var values = events.ConvertAll(e => e.ToDictionary(m => m.Key, m => score(m.Value)));
        var means = values.Count == 0 ? [] : values[0].Keys.ToDictionary(m => m,
            m => values.Select(v => v[m]).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average());
        double Best(Dictionary<string, double> of) => reference.Where(of.ContainsKey).Select(m => of[m]).Where(double.IsFinite)
            .DefaultIfEmpty(double.NaN).Aggregate(higherIsBetter ? Math.Max : Math.Min);
        double[] logs = [.. values.Select(v => Math.Log(v[ModelForecast.Name] / Best(v))).Where(double.IsFinite)];
        if (logs.Length == 0)
            return new(name, means, double.NaN, double.NaN, double.NaN, double.NaN, values.Count);
        var random = new Random(1);
        var drawn = Enumerable.Range(0, Resamples)
            .Select(_ => Enumerable.Range(0, logs.Length).Average(_ => logs[random.Next(logs.Length)])).Order().ToArray();
        return new(
            name, means, Math.Exp(logs.Average()), Math.Exp(drawn[(int)(0.025 * Resamples)]), Math.Exp(drawn[(int)(0.975 * Resamples)]),
            Math.Exp(higherIsBetter ? logs.Min() : logs.Max()), logs.Length);
    }
}
