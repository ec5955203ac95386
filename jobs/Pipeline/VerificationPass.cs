using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Verification;

namespace ConvLstm.Nowcast.Jobs.Pipeline;

/// <summary>Scores the maps whose scans have come in since.</summary>
internal sealed class VerificationPass(NowcastDatabase database)
{
    /// <param name="since">Runs issued before this are left alone.</param>
    /// <param name="cancellation">Stops between two maps; runs that were scored stay scored.</param>
    /// <returns>How many maps were scored.</returns>
    internal async Task<int> RunAsync(DateTimeOffset since, CancellationToken cancellation)
    {
        var scored = 0;
        foreach (var grid in await database.Grids.ListAsync(cancellation))
        {
            var scans = new ObservedScans(database.Scans, grid.Grid.Name);
            foreach (var run in (await database.Verification.PendingAsync(grid.Grid.Name, since, cancellation)).GroupBy(p => p.RunId))
            {
                scans.ForgetUpTo(run.First().IssueTime);
                scored += await ScoreAsync(run.Key, run, scans, cancellation);
            }
        }
        return scored;
    }

    private async Task<int> ScoreAsync(long run, IEnumerable<PendingMap> maps, ObservedScans scans, CancellationToken cancellation)
    {
        var forecast = await database.Queries.LoadRunAsync(run, cancellation);
        var scores = new List<LeadScores>();
        foreach (var map in maps)
        {
            cancellation.ThrowIfCancellationRequested();
            if (await scans.GetAsync(map.ValidTime, cancellation) is { } scan)
                scores.Add(MapScores.Of(forecast, IndexOf(forecast.LeadTimes, TimeSpan.FromSeconds(map.LeadSeconds)), scan));
        }
        await database.Verification.StoreAsync(run, scores, cancellation);
        return scores.Count;
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
