using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Heavy;

/// <summary>
/// Heavy work in a child process of the same program, with a limit to its memory: what runs out of memory or crashes in native code costs one run
/// and not the service. Cancelling kills it, whatever it is at; so does the end of the service, by the end of its standard input.
/// </summary>
internal static class HeavyProcess
{
    internal const string Verb = "job-worker";

    private const int ErrorLinesKept = 5;

    /// <param name="request">What it shall do.</param>
    /// <param name="isPatient">True lets other processes go first.</param>
    /// <param name="report">Told of all but the result, one after the other.</param>
    /// <param name="cancellation">Kills the process.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ReportedException">It failed, or did not survive.</exception>
    internal static async Task<HeavyMessage> RunAsync(HeavyRequest request, bool isPatient, Action<HeavyMessage> report, CancellationToken cancellation)
    {
        using var process = Start(request.MemoryLimit);
        var errors = new Queue<string>();
        await using var killing = cancellation.Register(() => Kill(process));
        try
        {
            if (isPatient)
                LetOthersFirst(process);
            var errorsEnd = ReadErrorsAsync(process, errors);
            var end = await ConverseAsync(process, request, report);
            await errorsEnd;
            cancellation.ThrowIfCancellationRequested();
            return end switch
            {
                { Kind: HeavyMessage.Of.Result } => end,
                { } failure => throw new ReportedException(failure.Text),
                null => throw new ReportedException($"The {request.Work} process ended in the middle ({await ReasonAsync(process, request.MemoryLimit)}){LastOf(errors)}."),
            };
        }
        finally
        {
            Kill(process);
            await process.WaitForExitAsync(CancellationToken.None);
        }
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
        return Process.Start(start) ?? throw new ReportedException($"{program} cannot be started.");
    }

    private static async Task<HeavyMessage?> ConverseAsync(Process process, HeavyRequest request, Action<HeavyMessage> report)
    {
        HeavyMessage? end = null;
        try
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request, HeavyMessage.Json));
            await process.StandardInput.FlushAsync();
            while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
            {
                var message = Parse(line);
                if (message.Kind is HeavyMessage.Of.Result or HeavyMessage.Of.Failure)
                    end = message;
                else
                    report(message);
            }
        }
        catch (IOException)
        {
            // The pipe broke: the process is gone, and what it said last decides.
        }
        return end;
    }

    /// <summary>A line that is none of ours was printed by a library.</summary>
    private static HeavyMessage Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<HeavyMessage>(line, HeavyMessage.Json) ?? new(HeavyMessage.Of.Log, line);
        }
        catch (JsonException)
        {
            return new(HeavyMessage.Of.Log, line);
        }
    }

    private static async Task ReadErrorsAsync(Process process, Queue<string> errors)
    {
        while (await process.StandardError.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            errors.Enqueue(line);
            if (errors.Count > ErrorLinesKept)
                errors.Dequeue();
        }
    }

    private static string LastOf(Queue<string> errors) => errors.Count == 0 ? "" : $": {string.Join(" / ", errors)}";

    private static async Task<string> ReasonAsync(Process process, long memoryLimit)
    {
        await process.WaitForExitAsync(CancellationToken.None);
        var limit = memoryLimit > 0 ? string.Create(CultureInfo.InvariantCulture, $"; its memory is limited to {memoryLimit >> 20} MB") : "";
        return process.ExitCode switch
        {
            134 => "aborted" + limit,
            137 => "killed" + limit,
            139 => "memory fault" + limit,
            var code => string.Create(CultureInfo.InvariantCulture, $"exit status {code}{limit}"),
        };
    }

    private static void LetOthersFirst(Process process)
    {
        try
        {
            process.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (InvalidOperationException)
        {
            // It has ended already; that is noticed elsewhere.
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
