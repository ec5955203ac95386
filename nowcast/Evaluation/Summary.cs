using ConvLstm.Nowcast.Verification;

namespace ConvLstm.Nowcast.Evaluation;

/// <summary>Turns the sums of the cases into rows.</summary>
internal static class Summary
{
    internal static HindcastResult Of(HindcastOptions options, IReadOnlyList<string> methods, IReadOnlyList<double> leads,
        IReadOnlyList<HindcastCase> cases)
    {
        var summary = new List<SummaryRow>();
        var thresholds = new List<ThresholdRow>();
        var rates = new List<LeadRow>();
        var reliability = new List<ReliabilityRow>();
        var bootstrap = new Bootstrap(options, methods, cases);
        var intervals = new ReliabilityIntervals(bootstrap.Draws()[1..], options.Confidence);
        for (var m = 0; m < methods.Count; m++)
        {
            for (var k = 0; k < Masks.Names.Count; k++)
            {
                var (method, mask) = (methods[m], Masks.Names[k]);
                var pooled = Enumerable.Range(0, leads.Count).Select(lead => LeadScores.Pooled(options, cases.Select(c => c[m, k, lead])))
                    .ToArray();
                rates.AddRange(pooled.Select((scores, lead) => Rates(method, mask, leads[lead], scores)));
                var all = LeadScores.Pooled(options, pooled);
                for (var t = 0; t < options.Thresholds.Count; t++)
                {
                    var rows = pooled.Select((scores, lead) => Events(method, mask, leads[lead], scores, t)).ToArray();
                    thresholds.AddRange(rows);
                    reliability.Add(new ReliabilityRow(method, mask, options.Thresholds[t], all.Probabilities[t].Compute().Reliability,
                        intervals.Of([.. cases.Select(c => Bins(c, m, k, t))])));
                    summary.Add(new SummaryRow(
                        method, mask, options.Thresholds[t], Mean(rows.Select(r => r.Csi)), Mean(rows.Select(r => r.Pod)),
                        Mean(rows.Select(r => r.Far)),
                        Mean(rows.Select(r => r.Bias)), Mean(rows.Select(r => r.Brier)), Mean(pooled.Select(s => s.Crps.Compute()))));
                }
            }
        }
        var issueTimes = cases.Select(c => c.IssueTime).ToArray();
        var paired = cases.Where(c => c.HasAllMethods).ToArray();
        return new HindcastResult(
            issueTimes, leads, summary, thresholds, rates, reliability,
                paired.Length == 0 ? [] : new Bootstrap(options, methods, paired).Compare());
    }

    /// <summary>The reliability diagram of one issue time, all leads together.</summary>
    private static IReadOnlyList<(long Count, double SumProbability, long Events)> Bins(HindcastCase one, int method, int mask,
        int threshold)
    {
        var pooled = ProbabilityScore.Init(one[method, mask, 0].Probabilities[threshold].Threshold);
        for (var lead = 0; lead < one.Leads; lead++)
            pooled.Merge(one[method, mask, lead].Probabilities[threshold]);
        return pooled.Bins;
    }

    /// <summary>The mean of what has a meaning.</summary>
    internal static double Mean(IEnumerable<double> values) =>
        values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();

    private static ThresholdRow Events(string method, string mask, double lead, LeadScores scores, int t)
    {
        var table = scores.Tables[t].Compute();
        var probability = scores.Probabilities[t].Compute();
        var fractions = scores.Fractions.FirstOrDefault(f => f.Threshold == scores.Tables[t].Threshold);
        var fss = fractions is null ? [] : fractions.Scales.Zip(fractions.Compute()).ToDictionary(p => p.First, p => p.Second);
        return new ThresholdRow(
            method, mask, scores.Tables[t].Threshold, lead, table.Csi, table.Pod, table.Far, table.Hss, table.Bias,
            probability.Brier, probability.ReliabilityTerm, probability.ResolutionTerm, probability.UncertaintyTerm, probability.RocArea,
                fss);
    }

    private static LeadRow Rates(string method, string mask, double lead, LeadScores scores)
    {
        var errors = scores.Errors.Compute();
        return new LeadRow(
            method, mask, lead, errors.Count, errors.MeanError, errors.Mae, errors.Rmse, errors.Correlation,
            scores.Crps.Compute(), scores.Members.Compute());
    }
}
