namespace ConvLstm.Nowcast.Evaluation;

/// <summary>
/// How far from the diagonal the points of a reliability diagram may be by the chance of which situations were scored: a bootstrap over
/// issue times (Bröcker and Smith 2007, section 3, with whole forecasts drawn instead of pixels, since neighbouring pixels tell the same
/// story).
/// </summary>
/// <param name="draws">Issue times drawn, by their index.</param>
/// <param name="confidence">The middle share of the draws that an interval covers.</param>
internal sealed class ReliabilityIntervals(IReadOnlyList<int[]> draws, double confidence)
{
    /// <param name="cases">Of each issue time the bins of the diagram: pixels, sum of their probabilities, pixels with the event.</param>
    /// <returns>Of each bin that has pixels: observed frequency less mean forecast, the middle of the draws.</returns>
    internal IReadOnlyList<GapInterval> Of(IReadOnlyList<IReadOnlyList<(long Count, double SumProbability, long Events)>> cases)
    {
        var intervals = new List<GapInterval>();
        for (var bin = 0; bin < cases[0].Count; bin++)
        {
            if (cases.All(c => c[bin].Count == 0))
                continue;
            var gaps = draws.Select(draw => Gap(cases, bin, draw)).Where(double.IsFinite).Order().ToArray();
            var (low, high) = Bootstrap.Middle(gaps, confidence);
            intervals.Add(new(low, high));
        }
        return intervals;
    }

    private static double Gap(IReadOnlyList<IReadOnlyList<(long Count, double SumProbability, long Events)>> cases, int bin, int[] draw)
    {
        var (count, events, sum) = (0L, 0L, 0.0);
        foreach (var i in draw)
        {
            var one = cases[i][bin];
            (count, events, sum) = (count + one.Count, events + one.Events, sum + one.SumProbability);
        }
        return (events - sum) / count;
    }
}
