using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Verification;

namespace ConvLstm.Nowcast.Jobs.Pipeline;

/// <summary>Scores the maps whose scans have come in since.</summary>
internal sealed class VerificationPass(NowcastDatabase database)
{
    /// <returns>How many maps were scored.</returns>
    internal async Task<int> RunAsync(DateTimeOffset since, CancellationToken cancellation)
    {
        var scored = 0;
        foreach (var grid in await database.Grids.ListAsync(cancellation))
        {
            var pending = await database.Verification.PendingAsync(grid.Grid.Name, since, cancellation);
            var scans = new Dictionary<DateTimeOffset, RadarFrame>();
            foreach (var run in pending.GroupBy(p => p.RunId))
            {
                var forecast = await database.Queries.LoadRunAsync(run.Key, cancellation);
                var scores = new List<LeadScores>();
                foreach (var map in run)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var lead = IndexOf(forecast.LeadTimes, TimeSpan.FromSeconds(map.LeadSeconds));
                    scores.Add(MapScores.Of(forecast, lead, await ScanAsync(grid.Grid.Name, map.ValidTime, scans, cancellation)));
                }
                await database.Verification.StoreAsync(run.Key, scores, cancellation);
                scored += scores.Count;
                // Runs come in the order of their issue times: no later one asks for these scans again.
                foreach (var past in scans.Keys.Where(time => time <= forecast.IssueTime).ToList())
                    scans.Remove(past);
            }
        }
        return scored;
    }

    private async Task<RadarFrame> ScanAsync(
        string grid, DateTimeOffset validTime, Dictionary<DateTimeOffset, RadarFrame> scans, CancellationToken cancellation)
    {
        if (!scans.TryGetValue(validTime, out var scan))
            scans[validTime] = scan = (await database.Scans.LoadFramesAsync(grid, validTime, validTime, cancellation))[0];
        return scan;
    }

    private static int IndexOf(IReadOnlyList<TimeSpan> leads, TimeSpan lead)
    {
        for (var i = 0; i < leads.Count; i++)
        {
            if (leads[i] == lead)
                return i;
        }
        throw new InvalidOperationException($"The run has no map at a lead of {lead}.");
    }
}
