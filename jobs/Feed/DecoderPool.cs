using System.Collections.Concurrent;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>
/// Child processes that decode, started when they are needed and replaced when a file ends one or they have read their share.
/// </summary>
internal sealed class DecoderPool(DecoderOptions options) : IDisposable
{
    private readonly SemaphoreSlim _free = new(options.Processes);
    private readonly ConcurrentBag<Decoder> _idle = [];
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
        return Idle() ?? await Task.Run(() => Start(cancellation), CancellationToken.None);
    }

    /// <summary>The same on the thread that wants it.</summary>
    /// <exception cref="ReportedException">No decoder can be started.</exception>
    internal Lease Rent(CancellationToken cancellation)
    {
        _free.Wait(cancellation);
        return Idle() ?? Start(cancellation);
    }

    /// <summary>Starts a decoder ahead, where none is there.</summary>
    internal async Task PrepareAsync(CancellationToken cancellation)
    {
        try
        {
            if (_idle.IsEmpty)
                (await RentAsync(cancellation)).Dispose();
        }
        catch (Exception e) when (e is ReportedException or OperationCanceledException)
        {
            // The next file starts one for itself, and tells what is wrong.
        }
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var decoder))
            decoder.Dispose();
    }

    private Lease? Idle()
    {
        while (_idle.TryTake(out var idle))
        {
            // What ended while it was idle is no file's fault.
            if (idle.IsAlive)
                return new(this, idle);
            idle.Dispose();
        }
        return null;
    }

    private Lease Start(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _started);
        try
        {
            return new(this, Decoder.Start(options, cancellation));
        }
        catch
        {
            _free.Release();
            throw;
        }
    }

    private void Return(Decoder decoder)
    {
        if (decoder.IsAlive && decoder.Files < options.FilesPerProcess && !_disposed)
            _idle.Add(decoder);
        else
            decoder.Dispose();
        _free.Release();
    }

    internal sealed class Lease(DecoderPool pool, Decoder decoder) : IDisposable
    {
        private bool _isBack;

        internal Decoder Decoder => decoder;

        public void Dispose()
        {
            if (!_isBack)
                pool.Return(decoder);
            _isBack = true;
        }
    }
}
