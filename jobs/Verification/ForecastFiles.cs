using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Jobs.Feed;

namespace ConvLstm.Nowcast.Jobs.Verification;

/// <summary>Scores forecast files against the scans that came.</summary>
internal static class ForecastFiles
{
    /// <param name="decoded">Who opens them.</param>
    /// <param name="paths">Files of <c>nowcast forecast</c>, folders or patterns.</param>
    /// <param name="scans">Radar scans, some of the valid times of the forecasts.</param>
    /// <param name="fractionsScales">In pixels, odd.</param>
    /// <param name="progress">Told how many files of how many are done.</param>
    /// <param name="cancellation">Stops between two maps.</param>
    /// <exception cref="ReportedException">A file is no forecast, or no scan has a valid time of them.</exception>
    internal static HindcastResult Score(
        DecodedFiles decoded, IReadOnlyList<string> paths, IReadOnlyList<IScan> scans, IReadOnlyList<int> fractionsScales,
        Action<int, int> progress,
            CancellationToken cancellation)
    {
        var files = RadarPaths.Expand(paths);
        var observed = scans.Where(scan => !scan.IsInterpolated).ToList();
        var verification = new ForecastVerification(fractionsScales);
        var done = 0;
        foreach (var issue in files.GroupBy(IssueTime).OrderBy(group => group.Key))
        {
            var forecasts = issue.Select(Read).ToList();
            while (forecasts.Count > 0)
            {
                var grid = forecasts[0].Grid;
                List<RainForecast> together = [.. forecasts.Where(forecast => forecast.Grid.CoversTheSame(grid))];
                List<IScan> came = [.. observed.Where(scan => scan.Grid.CoversTheSame(grid))];
                verification.Add(together, [.. together[0].LeadTimes.Select((_, lead) =>
                    VerifyingScan.Of(together[0], lead, came, scan => scan.ValidTime)?.Read(cancellation))], cancellation);
                forecasts.RemoveAll(together.Contains);
            }
            progress(done += issue.Count(), files.Count);
        }
        return verification.Compute();

        DateTimeOffset IssueTime(string path)
        {
            using var forecast = decoded.OpenForecast(path, cancellation);
            return forecast.Contents.IssueTime;
        }

        RainForecast Read(string path)
        {
            using var forecast = decoded.OpenForecast(path, cancellation);
            return forecast.Read(cancellation);
        }
    }
}
