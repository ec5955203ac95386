using System.Globalization;
using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Jobs.Pictures;

namespace ConvLstm.Nowcast.Jobs.Studies;

/// <summary>Hindcast scores as a page: a table, scores by lead, reliability; on the pixels that all methods can know.</summary>
internal static class EvaluationReport
{
    private const string Mask = "common";

    internal static StudyReport Of(HindcastResult result)
    {
        var report = new StudyReport(
            string.Create(CultureInfo.InvariantCulture,
            $"{result.IssueTimes.Count} forecasts, {result.IssueTimes[0]:yyyy-MM-dd HH:mm} to "
            + $"{result.IssueTimes[^1]:yyyy-MM-dd HH:mm} UTC"))
            .Text($"Leads to {result.LeadMinutes[^1]:0} minutes; pixels that were observed and whose extrapolated air comes from inside "
                + "the grid; counts summed over issue times for each lead, then the mean over leads.")
            .Table(
                ["method", "mm/h", "CSI", "POD", "FAR", "bias", "Brier", "CRPS, mm/h"],
                result.Summary.Where(r => r.Mask == Mask).Select(r => (IReadOnlyList<string>)[
                    r.Method, r.Threshold.ToString("0.0", CultureInfo.InvariantCulture), Score(r.Csi), Score(r.Pod), Score(r.Far),
                        StudyReport.Number(r.Bias, "0.00"), StudyReport.Number(r.Brier), Score(r.Crps)]));
        var methods = result.Summary.Select(r => r.Method).Distinct().ToList();
        foreach (var threshold in ForecastRequest.DefaultThresholds)
        {
            report.Heading(string.Create(CultureInfo.InvariantCulture, $"CSI at {threshold} mm/h"))
                .Curves("lead, minutes", "CSI", [.. methods.Select(m => Line(m, result.Thresholds.Where(r => r.Method == m && r.Mask == Mask
                    && r.Threshold == threshold).Select(r => (r.LeadMinutes, r.Csi))))]);
        }
        report.Heading("CRPS of the probabilities")
            .Curves("lead, minutes", "mm/h", [.. methods.Select(m =>
                Line(m, result.Leads.Where(r => r.Method == m && r.Mask == Mask).Select(r => (r.LeadMinutes, r.Crps))))]);
        foreach (var method in methods)
        {
            report.Heading($"Reliability: {method}")
                .Curves("forecast probability", "observed frequency", [
                    Line("true", [(0, 0), (1, 1)]),
                    .. ForecastRequest.DefaultThresholds.Select(t => Line(
                        string.Create(CultureInfo.InvariantCulture, $"{t} mm/h"), result.Reliability
                        .Where(r => r.Method == method && r.Mask == Mask && r.Threshold == t).SelectMany(r => r.Points)
                            .Where(p => p.Count > FewestPixels).Select(p => (p.Forecast, p.Observed))))])
                .Table(
                    ["mm/h", "largest gap of a bin", "by chance, 95 %", "bins", "gap over 0.05", "and not by chance"],
                    result.Reliability.Where(r => r.Method == method && r.Mask == Mask).Select(Gaps));
        }
        return report;
    }

    /// <summary>
    /// How far the diagram of a threshold is from the diagonal, and how far it would be for certain if other situations had been scored.
    /// </summary>
    private static IReadOnlyList<string> Gaps(ReliabilityRow row)
    {
        var bins = row.Points.Zip(row.Gaps, (point, interval) => (point.Count, Gap: point.Observed - point.Forecast, interval))
            .Where(b => b.Count > FewestPixels).ToList();
        var widest = bins.MaxBy(b => Math.Abs(b.Gap));
        return [
            row.Threshold.ToString("0.0", CultureInfo.InvariantCulture), Score(widest.Gap),
            widest.interval is null ? "" : $"{Score(widest.interval.Low)} to {Score(widest.interval.High)}",
            $"{bins.Count}", $"{bins.Count(b => Math.Abs(b.Gap) > LargestGap)}",
                $"{bins.Count(b => b.interval.Low > LargestGap || b.interval.High < -LargestGap)}"];
    }

    /// <summary>What is still called reliable.</summary>
    private const double LargestGap = 0.05;

    /// <summary>A bin with fewer says little.</summary>
    private const long FewestPixels = 10_000;

    private static ChartLine Line(string name, IEnumerable<(double, double)> points) => new(name, [.. points]);

    private static string Score(double value) => StudyReport.Number(value, "0.000");
}
