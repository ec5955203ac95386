using ConvLstm.Nowcast.Verification;

namespace ConvLstm.Nowcast.Evaluation;

/// <summary>
/// Paired bootstrap over issue times (Efron and Tibshirani 1993, chapter 13): the same drawn issue times for both methods, so
/// that what differs is the method and not the weather. Issue times near each other are alike; intervals are a little narrow.
/// </summary>
internal sealed class Bootstrap(HindcastOptions options, IReadOnlyList<string> methods, IReadOnlyList<HindcastCase> cases)
{
    /// <summary>Each method against each one named before it.</summary>
    internal IReadOnlyList<ComparisonRow> Compare()
    {
        var rows = new List<ComparisonRow>();
        var draws = Draws();
        for (var mask = 0; mask < Masks.Names.Count; mask++)
        {
            for (var t = -1; t < options.Thresholds.Count; t++)
            {
                var (k, threshold) = (mask, t);
                var score = new double[methods.Count][];
                for (var m = 0; m < methods.Count; m++)
                {
                    var method = m;
                    score[m] = draws.Select(draw => threshold < 0 ? Crps(method, k, draw) : Csi(method, k, threshold, draw)).ToArray();
                }
                for (var m = 1; m < methods.Count; m++)
                {
                    for (var r = 0; r < m; r++)
                        rows.Add(Row(score, m, r, Masks.Names[mask], t));
                }
            }
        }
        return rows;
    }

    // The first draw is the cases as they are.
    internal int[][] Draws()
    {
        var random = new Random(options.Seed);
        return Enumerable.Range(0, options.Resamples + 1)
            .Select(draw => Enumerable.Range(0, cases.Count).Select(i => draw == 0 ? i : random.Next(cases.Count)).ToArray()).ToArray();
    }

    /// <summary>What the middle of the draws spans; NaN where there are none.</summary>
    /// <param name="drawn">Rising.</param>
    /// <param name="confidence">The share of them in the middle.</param>
    internal static (double Low, double High) Middle(double[] drawn, double confidence)
    {
        return (At((1 - confidence) / 2), At((1 + confidence) / 2));

        double At(double share) => drawn.Length == 0 ? double.NaN : drawn[(int)Math.Round(share * (drawn.Length - 1))];
    }

    private ComparisonRow Row(double[][] score, int method, int reference, string mask, int threshold)
    {
        var differences = score[method].Zip(score[reference], (a, b) => a - b).ToArray();
        var drawn = differences.Skip(1).Where(double.IsFinite).Order().ToArray();
        var (low, high) = Middle(drawn, options.Confidence);
        return new ComparisonRow(
            methods[method], methods[reference], mask, threshold < 0 ? "crps" : "csi",
            threshold < 0 ? null : options.Thresholds[threshold], differences[0], low, high);
    }

    private double Csi(int method, int mask, int threshold, int[] draw) => Summary.Mean(Enumerable.Range(0, cases[0].Leads).Select(lead =>
    {
        long hits = 0, all = 0;
        foreach (var i in draw)
        {
            var table = cases[i][method, mask, lead].Tables[threshold];
            hits += table.Hits;
            all += table.Hits + table.Misses + table.FalseAlarms;
        }
        return hits / (double)all;
    }));

    private double Crps(int method, int mask, int[] draw) => Summary.Mean(Enumerable.Range(0, cases[0].Leads).Select(lead =>
    {
        var pooled = ThresholdCrps.Init(options.Thresholds.ToArray());
        foreach (var i in draw)
            pooled.Merge(cases[i][method, mask, lead].Crps);
        return pooled.Compute();
    }));
}
