using System.Globalization;
using System.Text.Json;
using ConvLstm.Nowcast.Jobs.Workers;

namespace ConvLstm.Nowcast.Jobs.Retraining;

/// <summary>The candidate's CRPS less that of another, mm/h; below zero is better. Low and high are the ends of the interval.</summary>
internal sealed record Difference(double Mean, double Low, double High);

/// <summary>How a retraining ended.</summary>
/// <param name="IsBetter">It shall be promoted.</param>
/// <param name="Reason">Why, or why not.</param>
/// <param name="Forecasts">How many held-out forecasts were compared.</param>
/// <param name="Crps">The mean CRPS of each method, mm/h.</param>
/// <param name="Differences">Against each of the others.</param>
/// <param name="Bias">The candidate's area above the lowest threshold, divided by that which was observed.</param>
internal sealed record PromotionResult(
    bool IsBetter, string Reason, int Forecasts, IReadOnlyDictionary<string, double> Crps,
        IReadOnlyDictionary<string, Difference> Differences, double Bias)
{
    // JSON has no NaN; a score without a meaning, for want of rain, is a word.
    internal string ToJson() => JsonSerializer.Serialize(this, WorkerMessage.Json);

    internal static string Describe(IReadOnlyDictionary<string, Difference> differences) => string.Join(
        ", ", differences.Select(d =>
            $"CRPS {Signed(d.Value.Mean)} mm/h against {d.Key} ({Signed(d.Value.Low)} to {Signed(d.Value.High)})"));

    // Rounded first: what is almost zero from below has two signs otherwise.
    private static string Signed(double value) => (Math.Round(value, 5) + 0.0).ToString("+0.00000;-0.00000", CultureInfo.InvariantCulture);
}
