using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Verification;

/// <summary>
/// Scores the runs of the database against its scans, without the scores that it keeps itself: the same runs, scans and pixels.
/// </summary>
internal sealed class StoredRuns(NowcastDatabase database, IReadOnlyList<int> fractionsScales)
{
    /// <param name="grids">The names of grids; all where empty.</param>
    /// <param name="from">The first issue time.</param>
    /// <param name="to">The last one.</param>
    /// <param name="progress">Told how many issue times of how many are done.</param>
    /// <param name="cancellation">Stops between two maps.</param>
    /// <exception cref="ReportedException">There is no such grid, or no run whose maps are kept.</exception>
    internal async Task<HindcastResult> ScoreAsync(
        IReadOnlyList<string> grids, DateTimeOffset from, DateTimeOffset to, Action<int, int> progress, CancellationToken cancellation)
    {
        var names = grids.Count > 0 ? grids : [.. (await database.Grids.ListAsync(cancellation)).Select(g => g.Grid.Name)];
        var issues = new List<(string Grid, DateTimeOffset IssueTime, long[] Runs)>();
        foreach (var grid in names)
        {
            await database.Grids.GetAsync(grid, cancellation);
            var runs = await database.Queries.ListRunsAsync(grid, from, to, cancellation);
            issues.AddRange(runs.Where(run => run.MapsDroppedAt is null).GroupBy(run => run.IssueTime)
                .Select(g => (grid, g.Key, g.Select(run => run.RunId).ToArray())));
        }
        if (issues.Count == 0)
            throw new ReportedException("The database has no run of that time whose maps are still there ('nowcast run' makes one).");
        var verification = new ForecastVerification(fractionsScales);
        for (var i = 0; i < issues.Count; i++)
        {
            await AddAsync(verification, issues[i].Grid, issues[i].Runs, cancellation);
            progress(i + 1, issues.Count);
        }
        return verification.Compute();
    }

    private async Task AddAsync(ForecastVerification verification, string grid, long[] runs, CancellationToken cancellation)
    {
        var forecasts = new List<RainForecast>();
        foreach (var run in runs)
            forecasts.Add(await database.Queries.LoadRunAsync(run, cancellation));
        var (start, end) = (forecasts[0].ValidTime(0), forecasts[0].ValidTime(forecasts[0].LeadTimes.Count - 1));
        var distance = VerifyingScan.Distance(forecasts[0]);
        var scans = (await database.Scans.LoadFramesAsync(grid, start - distance, end + distance, usableOnly: true, cancellation))
            .Where(scan => !scan.IsInterpolated).ToList();
        verification.Add(forecasts, [.. forecasts[0].LeadTimes.Select((_, lead) =>
            VerifyingScan.Of(forecasts[0], lead, scans, scan => scan.ValidTime))], cancellation);
    }
}
