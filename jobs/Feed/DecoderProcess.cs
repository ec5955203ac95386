using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>One child process that decodes. After an error that is not the file's own report it is dead and must be replaced.</summary>
internal sealed class DecoderProcess : IDisposable
{
    internal const string Verb = "decode-worker";

    private readonly Process _process;
    private readonly DecoderOptions _options;

    internal DecoderProcess(DecoderOptions options)
    {
        _options = options;
        var program = options.Program ?? ThisProgram();
        var start = new ProcessStartInfo(program[0], [.. program.Skip(1), options.MemoryLimit.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Half of what the kernel grants goes to the collector, the rest to the C libraries.
        start.Environment["DOTNET_GCHeapHardLimit"] = (options.MemoryLimit / 2).ToString("X", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        _process = Process.Start(start) ?? throw new ReportedException($"{program[0]} cannot be started to decode radar files.");
        // What the C libraries and a crash print is of no use to anybody and must not fill the pipe.
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
    }

    internal bool IsAlive { get; private set; } = true;

    /// <exception cref="RadarFileException">The file cannot be used; where the process did not survive it, <see cref="IsAlive"/> is false.</exception>
    internal async Task<DecodedContents> OpenAsync(string path, FileBudget budget, CancellationToken cancellation)
    {
        var message = DecoderProtocol.Message((byte)DecoderProtocol.Question.Open, w => w.Write(path));
        using var body = DecoderProtocol.Body(await AskAsync(path, message, budget, cancellation));
        return DecoderProtocol.ReadContents(body);
    }

    /// <summary>The scan at an index of the file that was opened last.</summary>
    /// <exception cref="RadarFileException">As for <see cref="OpenAsync"/>.</exception>
    internal async Task<RadarFrame> ReadAsync(string path, DecodedContents contents, int index, FileBudget budget, CancellationToken cancellation)
    {
        var message = DecoderProtocol.Message((byte)DecoderProtocol.Question.Read, w => w.Write(index));
        var answer = await AskAsync(path, message, budget, cancellation);
        return new RadarFrame(contents.Grid, contents.ValidTimes[index], MemoryMarshal.Cast<byte, float>(answer.AsSpan(1)).ToArray());
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private async Task<byte[]> AskAsync(string path, byte[] question, FileBudget budget, CancellationToken cancellation)
    {
        byte[]? answer;
        // Killing ends the answer, wherever the child hangs.
        using (budget.Spend(Kill))
        using (cancellation.Register(Kill))
        {
            answer = await ExchangeAsync(question);
        }
        cancellation.ThrowIfCancellationRequested();
        if (answer is null)
        {
            IsAlive = false;
            throw budget.IsSpent
                ? new RadarFileException(path, string.Create(CultureInfo.InvariantCulture, $"reading it took over {_options.FileLimit.TotalSeconds:0.#} seconds"), "it is damaged or too large, fetch it again")
                : new RadarFileException(path, $"reading it ended the decoder ({await ReasonAsync()})", "it is damaged or too large, fetch it again");
        }
        if (answer[0] == (byte)DecoderProtocol.Answer.Done)
            return answer;
        using var body = DecoderProtocol.Body(answer);
        throw new DecoderReport(path, body.ReadString());
    }

    private async Task<byte[]?> ExchangeAsync(byte[] question)
    {
        try
        {
            await DecoderProtocol.WriteAsync(_process.StandardInput.BaseStream, question, CancellationToken.None);
            return await DecoderProtocol.ReadAsync(_process.StandardOutput.BaseStream, CancellationToken.None);
        }
        catch (IOException)
        {
            // The pipe broke: the child is gone, as when it ends its output.
            return null;
        }
    }

    private async Task<string> ReasonAsync()
    {
        Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        return _process.ExitCode switch
        {
            134 => "aborted",
            137 => "killed",
            139 => "memory fault",
            var code => string.Create(CultureInfo.InvariantCulture, $"exit status {code}"),
        };
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself meanwhile.
            IsAlive = false;
        }
    }

    // The executable beside this assembly, also where a test runner is the process.
    private static string[] ThisProgram()
    {
        var host = Path.Combine(AppContext.BaseDirectory, "nowcast");
        return File.Exists(host) ? [host, Verb] : ["dotnet", typeof(DecoderProcess).Assembly.Location, Verb];
    }
}
