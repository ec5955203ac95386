using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using ConvLstm.Nowcast.Jobs.Web.Cache;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConvLstm.Nowcast.Jobs.Web.Api;

/// <summary><c>GET /api/events</c>: server-sent events. At once what each grid has, then each new run and scan.</summary>
internal static class EventsEndpoint
{
    internal const string Path = "/api/events";

    /// <summary>Proxies cut connections that are silent for a minute.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(25);

    internal static void Map(IEndpointRouteBuilder routes) => routes.MapGet(Path, Listen).WithTags("Runs")
        .WithSummary("Server-sent events: 'grid' when a grid has a new run or scan.")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream");

    private static ServerSentEventsResult<GridUpdate?> Listen(HttpContext http, RunCache cache, RunEvents events,
        IHostApplicationLifetime host, CancellationToken cancellation)
    {
        var from = http.Connection.RemoteIpAddress;
        if (events.IsFullFor(from))
            throw HttpErrors.ServiceUnavailable(
                $"{RunEvents.MostListeners} listen already, or {RunEvents.MostOfOneAddress} from this address; ask "
                + "/api/grids from time to time instead.");
        return TypedResults.ServerSentEvents(ItemsAsync(from, cache, events, host.ApplicationStopping, cancellation));
    }

    private static async IAsyncEnumerable<SseItem<GridUpdate?>> ItemsAsync(
        IPAddress? from, RunCache cache, RunEvents events, CancellationToken stopping,
            [EnumeratorCancellation] CancellationToken cancellation)
    {
        // A service that stops does not wait for those who listen.
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellation);
        await using var updates = events.ListenAsync(from, ends.Token).GetAsyncEnumerator(ends.Token);
        var next = updates.MoveNextAsync().AsTask();
        foreach (var grid in cache.Grids)
            yield return new(RunEvents.UpdateOf(grid), "grid");
        while (!ends.IsCancellationRequested)
        {
            await Task.WhenAny(next, Task.Delay(Heartbeat, ends.Token));
            if (ends.IsCancellationRequested)
                break;
            if (!next.IsCompleted)
            {
                yield return new(null, "beat");
                continue;
            }
            if (!await next)
                yield break;
            yield return new(updates.Current, "grid");
            next = updates.MoveNextAsync().AsTask();
        }
        // The enumerator may not be let go while it moves.
        await next.ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
