using System.Runtime.ExceptionServices;

namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>
/// Threads that share the pieces of one work and sleep in between: those that spin take the processor from whoever could use it. The
/// caller is one of them. A dispatch costs some microseconds. Where two callers come at the same time, the second does its work alone.
/// </summary>
internal static class WorkerThreads
{
    private static readonly Lock Gate = new();
    private static readonly List<SemaphoreSlim> Wakes = [];
    private static readonly ManualResetEventSlim Done = new();
    private static Action<int>? _work;
    private static ExceptionDispatchInfo? _failure;
    private static int _pieces, _next, _busy;

    /// <summary>
    /// Calls the body with each number below the count, in no order. The first exception of a body comes out, after all have ended.
    /// </summary>
    internal static void Run(int count, int threads, Action<int> body)
    {
        var helpers = Math.Min(threads, count) - 1;
        if (helpers > 0 && !Gate.IsHeldByCurrentThread && Gate.TryEnter())
        {
            try
            {
                Share(count, helpers, body);
            }
            finally
            {
                Gate.Exit();
            }
            return;
        }
        for (var i = 0; i < count; i++)
            body(i);
    }

    private static void Share(int count, int helpers, Action<int> body)
    {
        while (Wakes.Count < helpers)
            Start();
        (_work, _pieces, _next, _busy, _failure) = (body, count, -1, helpers + 1, null);
        Done.Reset();
        for (var i = 0; i < helpers; i++)
            Wakes[i].Release();
        TakePieces();
        Done.Wait();
        _work = null;
        _failure?.Throw();
    }

    private static void Start()
    {
        var wake = new SemaphoreSlim(0);
        var thread = new Thread(() =>
        {
            while (true)
            {
                wake.Wait();
                TakePieces();
            }
        })
        { IsBackground = true, Name = $"kernel {Wakes.Count + 1}" };
        Wakes.Add(wake);
        thread.Start();
    }

    private static void TakePieces()
    {
        try
        {
            for (int i; (i = Interlocked.Increment(ref _next)) < _pieces;)
                _work!(i);
        }
        catch (Exception error)
        {
            // Thrown again by the caller's thread: one that left a worker would end the process.
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(error), null);
        }
        if (Interlocked.Decrement(ref _busy) == 0)
            Done.Set();
    }
}
