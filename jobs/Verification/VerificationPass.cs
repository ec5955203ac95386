using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Verification;

/// <summary>
/// Scores the maps whose scans have come in since. The runs of one issue time are scored together, on the same pixels, so
/// that a model, extrapolation and persistence can be compared.
/// </summary>
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
            var pending = await database.Verification.PendingAsync(grid.Grid.Name, since, cancellation);
            var scans = new ObservedScans(database.Scans, grid.Grid.Name);
            foreach (var maps in pending.GroupBy(p => (p.IssueTime, p.LeadSeconds)))
            {
                cancellation.ThrowIfCancellationRequested();
                // Maps come in the order of their issue times: no later one asks for these scans again.
                scans.ForgetUpTo(maps.Key.IssueTime);
                if (await scans.GetAsync(maps.First().ValidTime, cancellation) is not { } scan)
                    continue;
                var runs = new List<(long Id, RainForecast Map)>();
                foreach (var map in maps)
                    runs.Add((map.RunId, await database.Queries.LoadMapAsync(map.RunId, map.LeadSeconds, cancellation)));
                var mask = CommonPixels.Of(scan, [.. runs.Select(run => run.Map)], 0);
                foreach (var (id, map) in runs)
                    await database.Verification.StoreAsync(id, [MapScores.Of(map, 0, scan, mask)], cancellation);
                scored += runs.Count;
            }
        }
        return scored;
    }
}
