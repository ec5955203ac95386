using System.Globalization;
using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Model.Checkpoints;

namespace ConvLstm.Nowcast.Jobs.Retraining;

/// <summary>
/// The candidate against the promoted model and against extrapolation: the same held-out forecasts, the CRPS on the same pixels, a paired
/// bootstrap over issue times (Efron and Tibshirani 1993, chapter 13).
/// </summary>
internal static class PromotionTest
{
    internal const string Candidate = "candidate";
    internal const string Promoted = "promoted";

    private const string CommonPixels = "common";
    private const string Score = "crps";

    /// <summary>Forecasts that are compared; more decide no better and cost hours.</summary>
    private const int MostCases = 60;

    /// <summary>Of the area above the lowest threshold: a candidate below this has collapsed to blank maps.</summary>
    private const double LeastBias = 0.1;

    internal static PromotionResult Run(
        RetrainSettings settings, TimeSpan lead, RecentArchive archive, Checkpoint candidate, Checkpoint? promoted,
            Action<int, int> progress, CancellationToken cancellation)
    {
        var methods = new List<IForecaster> { new Extrapolation() };
        if (promoted is not null)
            methods.Add(new NamedForecaster(Promoted, new ModelForecast(promoted)));
        methods.Add(new NamedForecaster(Candidate, new ModelForecast(candidate)));
        var scans = archive.HeldOut.Sum(s => s.Scans.Count);
        var options = new HindcastOptions
        {
            Lead = lead,
            Every = Math.Max(1, scans / MostCases),
            FractionsThresholds = [],
            // One-sided: the upper end of the interval is below zero with this confidence.
            Confidence = (2 * settings.Confidence) - 1,
        };
        var result = new Hindcast(options).Run(
            [.. archive.HeldOut.Select(s => s.Load(cancellation))], methods, new Reporting(p => progress(p.Done, p.Total)), cancellation);
        return Decide(result, methods.ConvertAll(m => m.Method), settings.Confidence);
    }

    /// <summary>Better than each of the others with the confidence, or not.</summary>
    internal static PromotionResult Decide(HindcastResult result, IReadOnlyList<string> methods, double confidence)
    {
        var rows = result.Summary.Where(r => r.Mask == CommonPixels).ToArray();
        var scores = methods.ToDictionary(m => m, m => rows.First(r => r.Method == m).Crps);
        var differences = result.Comparisons.Where(c => c.Method == Candidate && c.Mask == CommonPixels && c.Score == Score)
            .ToDictionary(c => c.Reference, c => new Difference(c.Difference, c.Low, c.High));
        var bias = rows.First(r => r.Method == Candidate).Bias;
        var lost = differences.Where(d => !(d.Value.High < 0)).Select(d => d.Key).ToArray();
        var reason = bias < LeastBias
            ? FormattableString.Invariant($"it has collapsed to blank maps (area bias {bias:0.00})")
            : lost.Length > 0
                ? string.Create(CultureInfo.InvariantCulture,
                    $"not better than {string.Join(" and ", lost)} with {confidence:0.#%} confidence: "
                    + $"{PromotionResult.Describe(differences)}")
                : FormattableString.Invariant($"better with {confidence:0.#%} confidence: {PromotionResult.Describe(differences)}");
        return new(lost.Length == 0 && !(bias < LeastBias), reason, result.IssueTimes.Count, scores, differences, bias);
    }

    private sealed class Reporting(Action<HindcastProgress> report) : IProgress<HindcastProgress>
    {
        public void Report(HindcastProgress value) => report(value);
    }
}
