using System.Text.Json;
using ConvLstm.Nowcast.Verification;

namespace ConvLstm.Nowcast.Evaluation;

/// <summary>The scores of a hindcast, flat, for JSON and tables. Scores without meaning, for want of events, are null in JSON.</summary>
/// <param name="IssueTimes">The cases.</param>
/// <param name="LeadMinutes">The leads.</param>
/// <param name="Summary">Means over the leads, by method, mask and threshold.</param>
/// <param name="Thresholds">Scores of events by method, mask, threshold and lead.</param>
/// <param name="Leads">Scores of rates by method, mask and lead.</param>
/// <param name="Reliability">Diagrams pooled over the leads.</param>
/// <param name="Comparisons">Paired differences between methods, with intervals.</param>
public sealed record HindcastResult(
    IReadOnlyList<DateTimeOffset> IssueTimes, IReadOnlyList<double> LeadMinutes, IReadOnlyList<SummaryRow> Summary,
    IReadOnlyList<ThresholdRow> Thresholds, IReadOnlyList<LeadRow> Leads, IReadOnlyList<ReliabilityRow> Reliability,
    IReadOnlyList<ComparisonRow> Comparisons)
{
    public string ToJson() => JsonSerializer.Serialize(this, ScoreJson.Format);
}

/// <summary>Means over the leads; the CRPS, in mm/h, is that of the probabilities and the same for all thresholds.</summary>
public sealed record SummaryRow(string Method, string Mask, float Threshold, double Csi, double Pod, double Far, double Bias, double Brier,
    double Crps);

/// <summary>The event of reaching a threshold at one lead; the FSS by scale in pixels, empty where not asked.</summary>
public sealed record ThresholdRow(
    string Method, string Mask, float Threshold, double LeadMinutes, double Csi, double Pod, double Far, double Hss, double Bias,
    double Brier, double ReliabilityTerm, double ResolutionTerm, double UncertaintyTerm, double RocArea,
        IReadOnlyDictionary<int, double> Fss);

/// <summary>Rates at one lead, in mm/h; the CRPS of members is null where there are none.</summary>
public sealed record LeadRow(
    string Method, string Mask, double LeadMinutes, long Pixels, double MeanError, double Mae, double Rmse, double Correlation, double Crps,
        double MembersCrps);

/// <summary>A reliability diagram, with how far each of its points may be from the diagonal by chance.</summary>
public sealed record ReliabilityRow(string Method, string Mask, float Threshold, IReadOnlyList<ReliabilityPoint> Points,
    IReadOnlyList<GapInterval> Gaps);

/// <summary>Observed frequency less forecast probability: the middle of the bootstrap draws over issue times.</summary>
public sealed record GapInterval(double Low, double High);

/// <summary>
/// The score of a method less that of the reference, both means over the leads, with the middle of the paired
/// bootstrap draws over issue times, 95 per cent of them where not set otherwise (Efron and Tibshirani 1993).
/// </summary>
public sealed record ComparisonRow(string Method, string Reference, string Mask, string Score, float? Threshold, double Difference,
    double Low, double High);
