using System.Collections.Immutable;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Projection;
using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Cache;

/// <summary>
/// The newest run of every grid in memory: questions about places are answered without the database, and go on being
/// answered while it is away. Whoever reads gets the run before or the new one, never half of each.
/// </summary>
internal sealed class RunCache(AnswerSource source) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly Dictionary<string, GridLocator> _locators = [];
    private volatile ImmutableArrayBox _grids = new([]);

    private sealed record ImmutableArrayBox(ImmutableArray<CachedGrid> Grids);

    /// <summary>By name.</summary>
    internal ImmutableArray<CachedGrid> Grids => _grids.Grids;

    /// <summary>The grid of a name; null where there is none.</summary>
    internal CachedGrid? Find(string name)
    {
        foreach (var grid in Grids)
        {
            if (grid.Name == name)
                return grid;
        }
        return null;
    }

    /// <summary>Of the grids that cover a place the one with the newest run, then the finest, as the SQL function place has it.</summary>
    internal (CachedGrid Grid, PackedRun Run, int Pixel)? At(double lon, double lat)
    {
        (CachedGrid Grid, PackedRun Run, int Pixel)? best = null;
        foreach (var grid in Grids)
        {
            if (grid.Run is not { } run || grid.Locator.PixelAt(lon, lat) is not var (column, row))
                continue;
            if (best is not { } other || run.Run.IssueTime > other.Run.Run.IssueTime
                || (run.Run.IssueTime == other.Run.Run.IssueTime && grid.PixelArea < other.Grid.PixelArea))
                best = (grid, run, (row * grid.Grid.Width) + column);
        }
        return best;
    }

    /// <summary>Reads what has changed; returns the grids with a new run or scan.</summary>
    /// <exception cref="ReportedException">The database cannot be reached; what was there stays.</exception>
    internal async Task<IReadOnlyList<CachedGrid>> RefreshAsync(CancellationToken cancellation)
    {
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            var before = Grids;
            var now = ImmutableArray.CreateBuilder<CachedGrid>();
            foreach (var state in await source.Database.Maps.StatesAsync(cancellation))
                now.Add(await ReadAsync(Find(state.Grid), state, cancellation));
            _grids = new(now.ToImmutable());
            return [.. Grids.Where(grid => !before.Contains(grid))];
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose()
    {
        foreach (var locator in _locators.Values)
            locator.Dispose();
        _oneAtATime.Dispose();
    }

    private async Task<CachedGrid> ReadAsync(CachedGrid? before, GridState state, CancellationToken cancellation)
    {
        if (before is not null && before.State == state)
            return before;
        if (!_locators.TryGetValue(state.Grid, out var locator))
            _locators[state.Grid] = locator = new GridLocator((await source.Database.Grids.GetAsync(state.Grid, cancellation)).Grid);
        var isSameRun = before is not null && before.State.RunId == state.RunId && before.State.PublishedAt == state.PublishedAt;
        return new CachedGrid(locator, state, isSameRun ? before!.Run : await LoadAsync(state.RunId, cancellation));
    }

    private async Task<PackedRun?> LoadAsync(long? runId, CancellationToken cancellation) =>
        runId is { } id && await source.Database.Maps.FindRunAsync(id, cancellation) is { } run
            ? await source.Database.Maps.LoadAsync(run, null, cancellation)
            : null;
}
