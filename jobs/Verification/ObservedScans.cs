using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Scans;

namespace ConvLstm.Nowcast.Jobs.Verification;

/// <summary>The scans of a grid that maps are compared with: read once for all runs that they verify, then let go.</summary>
internal sealed class ObservedScans(ScanStore scans, string grid)
{
    private readonly Dictionary<DateTimeOffset, RadarFrame> _inMemory = [];

    /// <summary>How many are in memory.</summary>
    internal int Count => _inMemory.Count;

    /// <returns>Null where the scan was dropped for its age meanwhile.</returns>
    internal async Task<RadarFrame?> GetAsync(DateTimeOffset validTime, CancellationToken cancellation)
    {
        if (_inMemory.TryGetValue(validTime, out var known))
            return known;
        var frames = await scans.LoadFramesAsync(grid, validTime, validTime, cancellation);
        return frames.Count == 0 ? null : _inMemory[validTime] = frames[0];
    }

    /// <summary>Runs come in the order of their issue times: no later one asks for scans up to its own.</summary>
    internal void ForgetUpTo(DateTimeOffset issueTime)
    {
        foreach (var past in _inMemory.Keys.Where(time => time <= issueTime).ToList())
            _inMemory.Remove(past);
    }
}
