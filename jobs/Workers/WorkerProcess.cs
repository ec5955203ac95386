using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.ChildProcesses;

namespace ConvLstm.Nowcast.Jobs.Workers;

/// <summary>
/// A child process of the same program for work that takes much memory, with a limit to its memory: what runs out of memory or crashes in
/// native code costs one run and not the service. Cancelling kills it, whatever it is at; so does the end of the service, by the end of
/// its standard input. After an exception it must be replaced.
/// </summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    internal const string Verb = "job-worker";

    private const int ErrorLinesTold = 5;

    private readonly ChildProcess _process;

    /// <param name="memoryLimit">In bytes; 0 for none.</param>
    /// <exception cref="ReportedException">It cannot be started.</exception>
    internal WorkerProcess(long memoryLimit)
    {
        MemoryLimit = memoryLimit;
        _process = new(ChildProcess.ThisProgram(Verb), environment =>
        {
            // Most of what the kernel grants is for the tensors; the collector gets a third.
            if (memoryLimit > 0)
                environment["DOTNET_GCHeapHardLimit"] = (memoryLimit / 3).ToString("X", CultureInfo.InvariantCulture);
            environment["DOTNET_DbgEnableMiniDump"] = "0";
            // A process that is killed leaves the pipes and the socket for debuggers in the temporary folder; who wants them sets it to 1.
            environment.TryAdd("DOTNET_EnableDiagnostics", "0");
            // The C library's further heaps, one for some threads each, give every block back at once: a forecast then touched 1.2 GB of
            // fresh pages and took twice as long. It reads this before the program can say it.
            environment["MALLOC_ARENA_MAX"] = "1";
        });
    }

    internal int Id => _process.Id;

    internal long MemoryLimit { get; }

    /// <summary>How much work it was given.</summary>
    internal int Requests { get; private set; }

    internal bool IsAlive => _process.IsAlive;

    /// <summary>Does one piece of work in a process of its own.</summary>
    /// <param name="request">What it shall do.</param>
    /// <param name="isPatient">True lets other processes go first.</param>
    /// <param name="report">Told of all but the result, one after the other.</param>
    /// <param name="cancellation">Kills the process.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ReportedException">It failed, or did not survive.</exception>
    internal static async Task<WorkerMessage> RunAsync(WorkerRequest request, bool isPatient, Action<WorkerMessage> report,
        CancellationToken cancellation)
    {
        await using var process = new WorkerProcess(request.MemoryLimit);
        if (isPatient)
            process._process.LetOthersFirst();
        return await process.DoAsync(request, report, cancellation);
    }

    /// <summary>Does one piece of work, of the memory limit of the process.</summary>
    /// <exception cref="ReportedException">It failed, or did not survive.</exception>
    internal async Task<WorkerMessage> DoAsync(WorkerRequest request, Action<WorkerMessage> report, CancellationToken cancellation)
    {
        Requests++;
        // A training takes hours: its answer is waited for on a thread of its own.
        var answer = await Task.Factory.StartNew(
            () => _process.Ask(request.ToMessage(), note => report(WorkerMessage.Read(note)), cancellation),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return answer switch
        {
            { Answer: AnswerKind.Done } done => WorkerMessage.Read(done),
            { } failed => throw new ReportedException(failed.Reader().ReadString()),
            null => throw new ReportedException($"The {request.Work} process ended in the middle {await ReasonAsync()}."),
        };
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task<string> ReasonAsync()
    {
        var limit = MemoryLimit > 0 ? string.Create(CultureInfo.InvariantCulture, $"; its memory is limited to {MemoryLimit >> 20} MB")
            : "";
        var reason = $"({_process.Reason()}{limit})";
        var errors = await _process.LastPrintedAsync(ErrorLinesTold);
        return errors.Count == 0 ? reason : $"{reason}: {string.Join(" / ", errors)}";
    }
}
