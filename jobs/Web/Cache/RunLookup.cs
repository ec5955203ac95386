using ConvLstm.Nowcast.Storage.Queries;
using Microsoft.Extensions.Caching.Memory;

namespace ConvLstm.Nowcast.Jobs.Web.Cache;

/// <summary>Grids and runs by the names that people use; the ones in memory first.</summary>
internal sealed class RunLookup(AnswerSource source, RunCache cache) : IDisposable
{
    private const long CacheBytes = 256 << 20;
    private const int LoadsAtOnce = 2;

    private readonly MemoryCache _earlier = new(new MemoryCacheOptions { SizeLimit = CacheBytes });
    private readonly SemaphoreSlim _loads = new(LoadsAtOnce);

    /// <summary>The grid of a name; the only one, or the first, where no name is given.</summary>
    /// <exception cref="BadHttpRequestException">There is none.</exception>
    internal CachedGrid Grid(string? name)
    {
        var grids = cache.Grids;
        if (grids.IsEmpty)
            throw HttpErrors.NotFound("There are no grids yet: ingest radar files first.");
        return (name is null ? grids[0] : cache.Find(name))
            ?? throw HttpErrors.NotFound($"There is no grid '{Quoted(name!)}'; there are {string.Join(", ", grids.Select(g => g.Name))}.");
    }

    /// <summary>A run that consumers may have.</summary>
    /// <exception cref="BadHttpRequestException">There is none, it was withheld, or its maps were dropped.</exception>
    internal async Task<RunSummary> RunAsync(long id, CancellationToken cancellation)
    {
        foreach (var grid in cache.Grids)
        {
            if (grid.Run?.Run is { } newest && newest.RunId == id)
                return newest;
        }
        var run = await source.Database.Maps.FindRunAsync(id, cancellation)
            ?? throw HttpErrors.NotFound($"There is no run {id}; /api/runs lists those there are.");
        if (!run.IsSane)
            throw HttpErrors.NotFound($"Run {id} failed its checks and is withheld.");
        return run;
    }

    /// <summary>The run that answers for a grid at a time; null for now.</summary>
    /// <exception cref="BadHttpRequestException">There is none.</exception>
    internal async Task<RunSummary> NewestAsync(CachedGrid grid, DateTimeOffset? at, CancellationToken cancellation) =>
        (at is null ? grid.Run?.Run : await source.Database.Queries.LatestRunAsync(grid.Name, at, cancellation))
            ?? throw HttpErrors.NotFound(at is { } time
                ? $"There is no forecast for {grid.Name} issued at or before {Times.Iso(time)}."
                : $"There is no forecast for {grid.Name} yet.");

    /// <summary>All maps of a run, or one, as small integers.</summary>
    /// <exception cref="BadHttpRequestException">There is no such lead, or its maps were dropped.</exception>
    internal async Task<PackedRun> MapsAsync(RunSummary run, int? leadSeconds, CancellationToken cancellation)
    {
        if (leadSeconds is { } lead && !run.LeadSeconds.Contains(lead))
            throw HttpErrors.NotFound(
                $"Run {run.RunId} has no map {lead / 60.0:0.##} minutes ahead; it has "
                    + $"{string.Join(", ", run.LeadSeconds.Select(s => $"{s / 60.0:0.##}"))}.");
        if (run.MapsDroppedAt is { } dropped)
            throw HttpErrors.Gone($"The maps of run {run.RunId} were dropped for their age at {Times.Iso(dropped)}; its scores are kept.");
        if (cache.Find(run.Grid)?.Run is { } newest && newest.Run.RunId == run.RunId && newest.Run.PublishedAt == run.PublishedAt)
            return newest;
        return await EarlierAsync(run, leadSeconds, cancellation);
    }

    public void Dispose()
    {
        _earlier.Dispose();
        _loads.Dispose();
    }

    /// <summary>A run of the past is some ten megabytes out of the database: few at once, and kept for a while.</summary>
    private async Task<PackedRun> EarlierAsync(RunSummary run, int? leadSeconds, CancellationToken cancellation)
    {
        var key = (run.RunId, run.PublishedAt, leadSeconds);
        if (_earlier.TryGetValue(key, out PackedRun? known))
            return known!;
        await _loads.WaitAsync(cancellation);
        try
        {
            if (_earlier.TryGetValue(key, out known))
                return known!;
            var maps = await source.Database.Maps.LoadAsync(run, leadSeconds, cancellation);
            return _earlier.Set(key, maps, new MemoryCacheEntryOptions { Size = maps.Bytes, SlidingExpiration = TimeSpan.FromMinutes(5) });
        }
        finally
        {
            _loads.Release();
        }
    }

    private static string Quoted(string name) => name.Length <= 60 ? name : name[..60] + "…";
}
