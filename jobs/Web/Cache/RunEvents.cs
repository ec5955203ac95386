using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace ConvLstm.Nowcast.Jobs.Web.Cache;

/// <summary>That a grid has something new.</summary>
/// <param name="Grid">The name of the grid.</param>
/// <param name="RunId">The run that answers now; null where there is none.</param>
/// <param name="IssueTime">Of that run, UTC.</param>
/// <param name="Method">Of that run.</param>
/// <param name="NewestScan">The valid time of the newest scan, UTC.</param>
internal sealed record GridUpdate(string Grid, long? RunId, DateTime? IssueTime, string? Method, DateTime? NewestScan);

/// <summary>Tells everyone who listens of new runs and scans.</summary>
internal sealed class RunEvents
{
    /// <summary>More listeners than this are turned away: each holds a connection open.</summary>
    internal const int MostListeners = 1000;

    /// <summary>An office behind one address has as many pages open; one person who opens more takes nobody else's place.</summary>
    internal const int MostOfOneAddress = 100;

    private readonly ConcurrentDictionary<Guid, (IPAddress? From, Channel<GridUpdate> Channel)> _listeners = new();

    /// <summary>Whether there is no place for another listener from this address.</summary>
    internal bool IsFullFor(IPAddress? from) =>
        _listeners.Count >= MostListeners || _listeners.Values.Count(listener => Equals(listener.From, from)) >= MostOfOneAddress;

    internal void Tell(CachedGrid grid)
    {
        var update = UpdateOf(grid);
        foreach (var listener in _listeners.Values)
            listener.Channel.Writer.TryWrite(update);
    }

    internal static GridUpdate UpdateOf(CachedGrid grid) => new(
        grid.Name, grid.Run?.Run.RunId, grid.Run?.Run.IssueTime.UtcDateTime, grid.Run?.Run.Method, grid.State.NewestScan?.UtcDateTime);

    /// <summary>What is told from now on. Who reads too slowly misses the oldest.</summary>
    internal async IAsyncEnumerable<GridUpdate> ListenAsync(IPAddress? from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var id = Guid.NewGuid();
        var channel = Channel.CreateBounded<GridUpdate>(new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropOldest });
        _listeners[id] = (from, channel);
        try
        {
            await foreach (var update in channel.Reader.ReadAllAsync(cancellation))
                yield return update;
        }
        finally
        {
            _listeners.TryRemove(id, out _);
        }
    }
}
