using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Methods;

namespace ConvLstm.Nowcast.Evaluation;

/// <summary>
/// Forecasts the past again with several methods and scores them against what came: at each issue time all methods read
/// the same scans and are scored on the same pixels; counts are summed over issue times for each lead.
/// </summary>
public sealed class Hindcast
{
    private readonly HindcastOptions _options;
    private readonly Extrapolation _reference = new();

    public Hindcast(HindcastOptions? options = null) => _options = options ?? new HindcastOptions();

    /// <param name="sequences">Scans at one step; grids may differ from sequence to sequence.</param>
    /// <param name="methods">Forecasters with names that differ.</param>
    /// <param name="progress">Told after each issue time.</param>
    /// <param name="cancellation">Stops between two forecasts.</param>
    /// <exception cref="ReportedException">No issue time has enough scans before and after it, or the steps differ.</exception>
    public HindcastResult Run(
        IReadOnlyList<RadarSequence> sequences, IReadOnlyList<IForecaster> methods, IProgress<HindcastProgress>? progress,
            CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(methods);
        var steps = sequences.Select(s => s.Step).Distinct().ToArray();
        if (steps.Length > 1)
            throw new ReportedException(
                $"Scans every {steps[0].TotalMinutes:0.#} and every {steps[1].TotalMinutes:0.#} minutes have no common leads: evaluate "
                    + "them apart.");
        var scansBefore = Math.Max(_options.PastScans, methods.Max(m => m.ScansNeeded) - 1);
        var issues = sequences.SelectMany(s => IssueFrames(s, scansBefore).Select(i => (Sequence: s, Frame: i))).ToArray();
        if (issues.Length == 0)
            throw new ReportedException(
                $"No scan has {scansBefore} scans before it and {_options.Lead.TotalMinutes:0} minutes after it: give longer sequences or "
                    + "a shorter lead.");
        var cases = new List<HindcastCase>(issues.Length);
        foreach (var (sequence, frame) in issues)
        {
            cases.Add(Score(sequence, frame, scansBefore, methods, cancellation));
            progress?.Report(new HindcastProgress(cases.Count, issues.Length));
        }
        var leads = Enumerable.Range(1, Leads(steps[0])).Select(i => (steps[0] * i).TotalMinutes).ToArray();
        return Summary.Of(_options, methods.Select(m => m.Method).ToArray(), leads, cases);
    }

    private int Leads(TimeSpan step) => (int)(_options.Lead / step);

    private IEnumerable<int> IssueFrames(RadarSequence sequence, int scansBefore)
    {
        for (var i = scansBefore; i + Leads(sequence.Step) < sequence.Frames.Count; i += _options.Every)
        {
            // A scan without a single observed pixel is no situation to forecast from.
            if (sequence.Frames[i].RainRate.AsSpan().ContainsAnyExcept(float.NaN))
                yield return i;
        }
    }

    private HindcastCase Score(RadarSequence sequence, int frame, int scansBefore, IReadOnlyList<IForecaster> methods,
        CancellationToken cancellation)
    {
        var past = sequence.Slice(frame - scansBefore, scansBefore + 1);
        var request = new ForecastRequest(_options.Lead, _options.Thresholds);
        var air = _reference.Forecast(past, request, cancellation).AirFromOutside;
        var scores = new HindcastCase(past.IssueTime, Leads(sequence.Step), methods.Count, _options);
        for (var m = 0; m < methods.Count; m++)
        {
            cancellation.ThrowIfCancellationRequested();
            var forecast = methods[m].Forecast(past, request, cancellation);
            Accumulate(scores, m, forecast, sequence, frame, air, cancellation);
        }
        return scores;
    }

    private static void Accumulate(
        HindcastCase scores, int method, RainForecast forecast, RadarSequence sequence, int frame, IReadOnlyList<bool[]> air,
            CancellationToken cancellation) =>
        Parallel.For(0, scores.Leads, new ParallelOptions { CancellationToken = cancellation }, lead =>
        {
            var then = sequence.Frames[frame + 1 + lead];
            // What was made up between two scans verifies nothing.
            if (then.IsInterpolated)
                return;
            for (var mask = 0; mask < Masks.Names.Count; mask++)
                scores[method, mask, lead].Accumulate(forecast, lead, then.RainRate, Masks.Of(Masks.Names[mask], then.RainRate, air[lead]));
        });
}
