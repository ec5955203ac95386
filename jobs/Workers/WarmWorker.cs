using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Workers;

/// <summary>
/// A worker process that stays from one run to the next, which then finds the program compiled, the libraries and the model loaded. It is
/// replaced when a run failed, was cancelled or asked for it, and after some runs, as native libraries lose memory. Dispose it to end the
/// process.
/// </summary>
/// <param name="rehearsal">Work that changes nothing and makes a new process ready.</param>
internal sealed class WarmWorker(Func<WorkerRequest> rehearsal) : IAsyncDisposable
{
    private const int MostRuns = 100;

    /// <summary>A process that is not ready by then is not waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _one = new(1);
    private readonly CancellationTokenSource _end = new();
    private WorkerProcess? _process;
    private Task _preparing = Task.CompletedTask;

    /// <summary>Of the process that is there; null where none is.</summary>
    internal int? Id => _process?.Id;

    /// <summary>Starts a process ahead.</summary>
    internal void Prepare() => _preparing = PrepareAsync();

    /// <summary>As <see cref="WorkerProcess.RunAsync"/>.</summary>
    /// <exception cref="ReportedException">It failed, or did not survive.</exception>
    internal async Task<WorkerMessage> RunAsync(WorkerRequest request, Action<WorkerMessage> report, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            var result = await DoAsync(request, report, cancellation);
            if (result.IsSpent || _process!.Requests >= MostRuns)
            {
                await EndAsync();
                Prepare();
            }
            return result;
        }
        finally
        {
            _one.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _preparing;
        await EndAsync();
        _end.Dispose();
        _one.Dispose();
    }

    private async Task PrepareAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_end.Token, patience.Token);
        try
        {
            await _one.WaitAsync(either.Token);
            try
            {
                if (_process is null)
                    await DoAsync(rehearsal(), _ => { }, either.Token);
            }
            finally
            {
                _one.Release();
            }
        }
        catch (Exception e) when (e is ReportedException or OperationCanceledException)
        {
            // The next run starts a process for itself, and tells what is wrong.
        }
    }

    private async Task<WorkerMessage> DoAsync(WorkerRequest request, Action<WorkerMessage> report, CancellationToken cancellation)
    {
        if (_process is { } kept && (!kept.IsAlive || kept.MemoryLimit != request.MemoryLimit))
            await EndAsync();
        _process ??= new WorkerProcess(request.MemoryLimit);
        try
        {
            return await _process.DoAsync(request, report, cancellation);
        }
        catch
        {
            await EndAsync();
            throw;
        }
    }

    private async Task EndAsync()
    {
        if (Interlocked.Exchange(ref _process, null) is { } process)
            await process.DisposeAsync();
    }
}
