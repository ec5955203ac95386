using System.Collections;
using ConvLstm.Nowcast.Jobs.Web.Cache;
using ConvLstm.Nowcast.Storage.Queries;
using Microsoft.Extensions.Caching.Memory;

namespace ConvLstm.Nowcast.Jobs.Web.Frames;

/// <summary>The frames of runs and scans, the last ones kept in memory.</summary>
internal sealed class FrameSource(AnswerSource source, RunLookup runs) : IDisposable
{
    private const long CacheBytes = 128 << 20;
    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = CacheBytes });

    /// <summary>A map of a run.</summary>
    /// <exception cref="BadHttpRequestException">There is no such run, lead or layer.</exception>
    internal async Task<Frame> ForecastAsync(RunSummary run, int leadSeconds, FrameLayer layer, CancellationToken cancellation)
    {
        var version = $"{run.RunId}-{run.PublishedAt.UtcTicks:x}-{leadSeconds}-{layer}";
        if (_cache.TryGetValue(version, out Frame? known))
            return known!;
        var band = layer.Name == FrameLayer.Probability ? Array.IndexOf(run.Thresholds, layer.Threshold) : 0;
        if (band < 0)
            throw HttpErrors.NotFound(
                $"Run {run.RunId} gives no probability of more than {layer.Threshold} mm/h; it has {string.Join(", ", run.Thresholds)}.");
        var maps = await runs.MapsAsync(run, layer.NeedsAllLeads ? null : leadSeconds, cancellation);
        var lead = maps.LeadIndex(leadSeconds);
        if (lead < 0)
            throw HttpErrors.NotFound($"Run {run.RunId} has no map {leadSeconds / 60.0:0.##} minutes ahead.");
        byte[] codes = layer.Name switch
        {
            // Nothing can be said of the chance of rain where nothing is said of the rain.
            FrameLayer.Probability => [.. maps.Percent[band][lead]
                .Zip(maps.Rates[lead], (percent, rate) => rate == PackedRun.Unknown ? RainCode.Unknown : RainCode.OfPercent(percent))],
            // A member hangs together in time: it is drawn from all leads at once.
            FrameLayer.MemberName => DrawnMember.Draw(maps, layer.Member, lead),
            FrameLayer.Depth => FallenDepth.Draw(maps, lead),
            _ => Array.ConvertAll(maps.Rates[lead], RainCode.OfHundredths),
        };
        var seen = await SeenAsync(run, cancellation);
        SeenPixels.Tell(codes, seen);
        return Keep(new Frame(maps.Grid, maps.ValidTime(lead), layer.Kind, codes, version));
    }

    /// <summary>What the radar saw when the run was made; null where those scans are not kept.</summary>
    private async Task<BitArray?> SeenAsync(RunSummary run, CancellationToken cancellation)
    {
        var key = (run.Grid, run.IssueTime);
        if (_cache.TryGetValue(key, out BitArray? known))
            return known;
        var scans = await source.Database.Scans.LoadFramesAsync(run.Grid, run.IssueTime - SeenPixels.Past, run.IssueTime, cancellation);
        return SeenPixels.Of(scans) is { } seen
            ? _cache.Set(key, seen, new MemoryCacheEntryOptions { Size = seen.Length / 8, SlidingExpiration = TimeSpan.FromHours(1) })
            : null;
    }

    /// <summary>A scan.</summary>
    /// <exception cref="BadHttpRequestException">There is none of that time.</exception>
    internal async Task<Frame> ObservationAsync(CachedGrid grid, DateTimeOffset time, CancellationToken cancellation)
    {
        var version = $"{grid.Name}-{time.UtcTicks:x}-scan";
        if (_cache.TryGetValue(version, out Frame? known))
            return known!;
        var scans = await source.Database.Scans.LoadFramesAsync(grid.Name, time, time, cancellation);
        if (scans.Count == 0)
            throw HttpErrors.NotFound($"There is no scan of {grid.Name} at {Times.Iso(time)}.");
        return Keep(new Frame(grid.Grid, time, FrameKind.Rate, Array.ConvertAll(scans[0].RainRate, RainCode.OfRate), version));
    }

    public void Dispose() => _cache.Dispose();

    private Frame Keep(Frame frame) => _cache.Set(frame.Version, frame,
        new MemoryCacheEntryOptions { Size = frame.Codes.Length, SlidingExpiration = TimeSpan.FromHours(1) });
}
