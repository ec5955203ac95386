using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Nowcasts;

/// <summary>Publishes the runs of a past period, each from the scans that were there at its issue time.</summary>
internal sealed class HindcastPass(NowcastDatabase database, NowcastPass pass)
{
    /// <summary>Scans of so long before the first issue time are read: enough for every method at every usual step.</summary>
    private static readonly TimeSpan Past = TimeSpan.FromHours(4);

    /// <param name="from">The first issue time.</param>
    /// <param name="to">The last one.</param>
    /// <param name="every">A run from every Nth scan.</param>
    /// <param name="grid">All grids where null.</param>
    /// <param name="report">Told of each method as it is done, and which share of all is.</param>
    /// <param name="cancellation">Stops between two steps; runs that are published stay.</param>
    /// <returns>How many issue times there were, and runs of them.</returns>
    internal async Task<(int Issues, int Runs)> RunAsync(
        DateTimeOffset from, DateTimeOffset to, int every, string? grid, Action<NowcastOutcome, double> report,
            CancellationToken cancellation)
    {
        var issues = new List<(string Grid, DateTimeOffset Time)>();
        foreach (var name in grid is null ? (await database.Grids.ListAsync(cancellation)).Select(g => g.Grid.Name)
            : [(await database.Grids.GetAsync(grid, cancellation)).Grid.Name])
            issues.AddRange((await database.Scans.ListAsync(name, from, to, cancellation)).Where((_, i) => i % every == 0)
                .Select(scan => (name, scan.ValidTime)));
        var (made, runs) = (0, 0);
        for (var i = 0; i < issues.Count; i++)
        {
            if (await NewestScans.LoadAsync(database, issues[i].Grid, issues[i].Time - Past, issues[i].Time, pass.ScansWanted,
                cancellation) is not { } past)
                continue;
            var done = (double)(i + 1) / issues.Count;
            var outcomes = await pass.PublishAllAsync(past, outcome => report(outcome, done), cancellation);
            runs += outcomes.Count(outcome => outcome.Run is not null);
            made += outcomes.Any(outcome => outcome.Run is not null) ? 1 : 0;
        }
        return (made, runs);
    }
}
