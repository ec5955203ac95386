using System.Collections.Concurrent;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>Child processes that decode, started when they are needed and replaced when a file ends one or they have read their share.</summary>
internal sealed class DecoderPool(DecoderOptions options) : IDisposable
{
    private readonly SemaphoreSlim _free = new(options.Processes);
    private readonly ConcurrentBag<DecoderProcess> _idle = [];
    private volatile bool _disposed;

    internal DecoderOptions Options => options;

    /// <summary>How many processes had to be started: more than <see cref="DecoderOptions.Processes"/> where files ended some.</summary>
    internal int Started => _started;

    private int _started;

    /// <summary>A decoder for one file; disposing the lease gives it back.</summary>
    /// <exception cref="ReportedException">No decoder can be started.</exception>
    internal async Task<Lease> RentAsync(CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation);
        if (_idle.TryTake(out var idle))
            return new(this, idle);
        Interlocked.Increment(ref _started);
        try
        {
            return new(this, await DecoderProcess.StartAsync(options, cancellation));
        }
        catch
        {
            _free.Release();
            throw;
        }
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var decoder))
            decoder.Dispose();
    }

    private void Return(DecoderProcess decoder)
    {
        if (decoder.IsAlive && decoder.Files < options.FilesPerProcess && !_disposed)
            _idle.Add(decoder);
        else
            decoder.Dispose();
        _free.Release();
    }

    internal sealed class Lease(DecoderPool pool, DecoderProcess decoder) : IDisposable
    {
        internal DecoderProcess Decoder => decoder;

        public void Dispose() => pool.Return(decoder);
    }
}
