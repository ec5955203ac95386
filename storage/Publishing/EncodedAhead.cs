using System.Threading.Channels;

namespace ConvLstm.Nowcast.Storage.Publishing;

/// <summary>
/// Encodes rows of a COPY on another thread, a few ahead of the connection: the server, the connection and the encoding
/// work at the same time, instead of waiting for each other. Buffers are used again.
/// </summary>
internal static class EncodedAhead
{
    /// <summary>Enough that nobody waits, few enough for the caches.</summary>
    private const int Buffers = 3;

    /// <summary>Fills buffers in order and sends each before it is filled again.</summary>
    /// <param name="count">How many rows.</param>
    /// <param name="buffer">Makes an empty one.</param>
    /// <param name="fill">Encodes a row, counted from 0; on another thread.</param>
    /// <param name="send">Sends it.</param>
    /// <param name="cancellation">Stops between two rows.</param>
    public static async Task SendAsync<T>(int count, Func<T> buffer, Action<int, T> fill, Func<int, T, Task> send,
        CancellationToken cancellation)
    {
        var (empty, full) = (Channel.CreateBounded<T>(Buffers), Channel.CreateBounded<T>(Buffers));
        for (var i = 0; i < Math.Min(Buffers, count); i++)
            empty.Writer.TryWrite(buffer());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var encoding = Task.Run(FillAllAsync, stop.Token);
        try
        {
            for (var row = 0; row < count; row++)
            {
                var next = await full.Reader.ReadAsync(cancellation).ConfigureAwait(false);
                await send(row, next).ConfigureAwait(false);
                empty.Writer.TryWrite(next);
            }
        }
        catch (ChannelClosedException)
        {
            // The encoding has failed: its own exception says more.
            await encoding.ConfigureAwait(false);
            throw;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await encoding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task FillAllAsync()
        {
            try
            {
                for (var row = 0; row < count; row++)
                {
                    var next = await empty.Reader.ReadAsync(stop.Token).ConfigureAwait(false);
                    fill(row, next);
                    await full.Writer.WriteAsync(next, stop.Token).ConfigureAwait(false);
                }
            }
            finally
            {
                full.Writer.Complete();
            }
        }
    }
}
