using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Evaluation;

/// <summary>
/// Scores forecasts that were made already against the scans that came, as the database verifies its runs: those of one
/// issue time together, on the same pixels (<see cref="CommonPixels"/>), at the thresholds of the forecasts; counts are
/// summed over issue times for each lead. Where a scan did not come, the map is not scored.
/// </summary>
/// <param name="fractionsScales">The scales of the fractions skill score at all thresholds: sides of boxes in pixels, odd.</param>
public sealed class ForecastVerification(IReadOnlyList<int> fractionsScales)
{
    private readonly List<(DateTimeOffset IssueTime, Dictionary<(string Method, string Version), LeadScores[]> Scores)> _scored = [];
    private RainForecast? _first;
    private HindcastOptions _options = new();

    /// <param name="forecasts">All of one issue time and grid.</param>
    /// <param name="observed">For each lead the scan of its valid time; null where none came, or one that was made up between two
    /// others.</param>
    /// <param name="cancellation">Stops between two maps.</param>
    /// <exception cref="ReportedException">Leads or thresholds are not those of the forecasts before.</exception>
    public void Add(IReadOnlyList<RainForecast> forecasts, IReadOnlyList<RadarFrame?> observed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(forecasts);
        ArgumentNullException.ThrowIfNull(observed);
        foreach (var forecast in forecasts)
            CheckAlike(forecast);
        if (observed.All(scan => scan is null))
            return;
        var leads = _first!.LeadTimes.Count;
        var scores = forecasts.ToDictionary(
            f => (f.Provenance.Method, f.Provenance.ModelVersion),
                _ => Enumerable.Range(0, Masks.Names.Count * leads).Select(_ => new LeadScores(_options)).ToArray());
        Parallel.For(0, leads, new ParallelOptions { CancellationToken = cancellation }, lead =>
        {
            if (observed[lead] is not { } scan)
                return;
            for (var mask = 0; mask < Masks.Names.Count; mask++)
            {
                var pixels = Masks.Names[mask] == Masks.Common ? CommonPixels.Of(scan, forecasts, lead)
                    : Array.ConvertAll(scan.RainRate, rate => !float.IsNaN(rate));
                foreach (var forecast in forecasts)
                    scores[(forecast.Provenance.Method, forecast.Provenance.ModelVersion)][(mask * leads) + lead]
                        .Accumulate(forecast, lead, scan.RainRate, pixels);
            }
        });
        _scored.Add((forecasts[0].IssueTime, scores));
    }

    /// <summary>
    /// The scores of all; a method of several versions is named with them. Differences between methods are those of the issue times that
    /// have all of them.
    /// </summary>
    /// <exception cref="ReportedException">No scan came.</exception>
    public HindcastResult Compute()
    {
        if (_scored.Count == 0)
            throw new ReportedException(
                "No scan has the valid time of a map, so that there is nothing to score: give the scans that came after the issue times.");
        var keys = _scored.SelectMany(s => s.Scores.Keys).Distinct().OrderBy(key => key.Method, StringComparer.Ordinal)
            .ThenBy(key => key.Version, StringComparer.Ordinal).ToList();
        var cases = _scored.OrderBy(s => s.IssueTime).Select(s => Case(s.IssueTime, s.Scores, keys)).ToList();
        var names = keys.Select(key => keys.Count(k => k.Method == key.Method) == 1 ? key.Method : $"{key.Method} {key.Version}").ToList();
        return Summary.Of(_options, names, [.. _first!.LeadTimes.Select(lead => lead.TotalMinutes)], cases);
    }

    private HindcastCase Case(
        DateTimeOffset issueTime, Dictionary<(string Method, string Version), LeadScores[]> scores,
            List<(string Method, string Version)> keys)
    {
        var one = new HindcastCase(issueTime, _first!.LeadTimes.Count, keys.Count, _options) { HasAllMethods = scores.Count == keys.Count };
        foreach (var (key, parts) in scores)
        {
            for (var i = 0; i < parts.Length; i++)
                one[keys.IndexOf(key), i / one.Leads, i % one.Leads].Merge(parts[i]);
        }
        return one;
    }

    private void CheckAlike(RainForecast forecast)
    {
        if (forecast.Thresholds.Count == 0)
            throw new ReportedException($"{Name(forecast)} gives no probabilities, and so no thresholds to score it at: leave it out.");
        if (_first is null)
        {
            _first = forecast;
            _options = _options with
            {
                Thresholds = forecast.Thresholds,
                FractionsThresholds = forecast.Thresholds,
                FractionsScales = fractionsScales,
            };
        }
        if (!forecast.LeadTimes.SequenceEqual(_first.LeadTimes))
            throw new ReportedException(
                $"{Name(_first)} has leads of {Leads(_first)} and {Name(forecast)} of {Leads(forecast)} minutes: score them apart.");
        if (!forecast.Thresholds.SequenceEqual(_first.Thresholds))
            throw new ReportedException(
                $"{Name(_first)} has the thresholds {Thresholds(_first)} and {Name(forecast)} {Thresholds(forecast)} mm/h: score them "
                    + "apart.");
    }

    private static string Name(RainForecast forecast) => $"The {forecast.Provenance.Method} of {forecast.IssueTime:yyyy-MM-ddTHH:mm:ssZ}";

    private static string Leads(RainForecast forecast) =>
        FormattableString.Invariant($"{forecast.LeadTimes[0].TotalMinutes} to {forecast.LeadTimes[^1].TotalMinutes}");

    private static string Thresholds(RainForecast forecast) =>
        string.Join(", ", forecast.Thresholds.Select(t => FormattableString.Invariant($"{t}")));
}
