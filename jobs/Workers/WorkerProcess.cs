using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Workers;

/// <summary>
/// A child process of the same program for work that takes much memory, with a limit to its memory: what runs out of memory or crashes in
/// native code costs one run and not the service. Cancelling kills it, whatever it is at; so does the end of the service, by the end of
/// its standard input. After an exception it must be replaced.
/// </summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    internal const string Verb = "job-worker";

    private const int ErrorLinesKept = 5;

    private readonly Process _process;
    private readonly Queue<string> _errors = new();
    private readonly Task _errorsEnd;

    /// <param name="memoryLimit">In bytes; 0 for none.</param>
    /// <exception cref="ReportedException">It cannot be started.</exception>
    internal WorkerProcess(long memoryLimit)
    {
        MemoryLimit = memoryLimit;
        _process = Start(memoryLimit);
        _errorsEnd = ReadErrorsAsync();
    }

    internal int Id => _process.Id;

    internal long MemoryLimit { get; }

    /// <summary>How much work it was given.</summary>
    internal int Requests { get; private set; }

    internal bool IsAlive => !_process.HasExited;

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
            process.LetOthersFirst();
        return await process.DoAsync(request, report, cancellation);
    }

    /// <summary>Does one piece of work, of the memory limit of the process.</summary>
    /// <exception cref="ReportedException">It failed, or did not survive.</exception>
    internal async Task<WorkerMessage> DoAsync(WorkerRequest request, Action<WorkerMessage> report, CancellationToken cancellation)
    {
        Requests++;
        await using var killing = cancellation.Register(Kill);
        var end = await ConverseAsync(request, report);
        cancellation.ThrowIfCancellationRequested();
        return end switch
        {
            { Kind: WorkerMessage.Of.Result } => end,
            { } failure => throw new ReportedException(failure.Text),
            null => throw new ReportedException(
                $"The {request.Work} process ended in the middle ({await ReasonAsync()}){await LastErrorsAsync()}."),
        };
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        await _errorsEnd;
        _process.Dispose();
    }

    private static Process Start(long memoryLimit)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "nowcast");
        var start = new ProcessStartInfo(program, [Verb])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Most of what the kernel grants is for the tensors; the collector gets a third.
        if (memoryLimit > 0)
            start.Environment["DOTNET_GCHeapHardLimit"] = (memoryLimit / 3).ToString("X", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        // A process that is killed leaves the pipes and the socket for debuggers in the temporary folder; who wants them sets it to 1.
        start.Environment.TryAdd("DOTNET_EnableDiagnostics", "0");
        // The C library's further heaps, one for some threads each, give every block back at once: a forecast then touched 1.2 GB of fresh
        // pages and took twice as long. It reads this before the program can say it.
        start.Environment["MALLOC_ARENA_MAX"] = "1";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new ReportedException($"{program} cannot be started ({e.Message}).", e);
        }
    }

    private async Task<WorkerMessage?> ConverseAsync(WorkerRequest request, Action<WorkerMessage> report)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request, WorkerMessage.Json));
            await _process.StandardInput.FlushAsync();
            while (await _process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
            {
                var message = Parse(line);
                if (message.Kind is WorkerMessage.Of.Result or WorkerMessage.Of.Failure)
                    return message;
                report(message);
            }
        }
        catch (IOException)
        {
            // The pipe broke: the process is gone.
        }
        return null;
    }

    /// <summary>A line that is none of ours was printed by a library.</summary>
    private static WorkerMessage Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<WorkerMessage>(line, WorkerMessage.Json) ?? new(WorkerMessage.Of.Log, line);
        }
        catch (JsonException)
        {
            return new(WorkerMessage.Of.Log, line);
        }
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            _errors.Enqueue(line);
            if (_errors.Count > ErrorLinesKept)
                _errors.Dequeue();
        }
    }

    private async Task<string> LastErrorsAsync()
    {
        await _errorsEnd;
        return _errors.Count == 0 ? "" : $": {string.Join(" / ", _errors)}";
    }

    private async Task<string> ReasonAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        var limit = MemoryLimit > 0 ? string.Create(CultureInfo.InvariantCulture, $"; its memory is limited to {MemoryLimit >> 20} MB")
            : "";
        return _process.ExitCode switch
        {
            134 => "aborted" + limit,
            137 => "killed" + limit,
            139 => "memory fault" + limit,
            var code => string.Create(CultureInfo.InvariantCulture, $"exit status {code}{limit}"),
        };
    }

    private void LetOthersFirst()
    {
        try
        {
            _process.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (InvalidOperationException)
        {
            // It has ended already; that is noticed elsewhere.
        }
        catch (Win32Exception)
        {
            // The service itself was started with a lower priority than that, which a user may not raise: it lets others first already.
        }
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
