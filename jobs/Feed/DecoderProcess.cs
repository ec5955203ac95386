using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Feed.Confinement;
using Microsoft.Win32.SafeHandles;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>One child process that decodes: how it is started, asked and ended. What it is asked: <see cref="Decoder"/>.</summary>
internal sealed class DecoderProcess : IDisposable
{
    internal const string Verb = "decode-worker";

    /// <summary>How it ended where somebody else sent it SIGKILL.</summary>
    internal const string Killed = "killed";

    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly ScratchFolder _scratch;
    private readonly MessageBuffer _answer = new();
    private readonly SafeFileHandle _map;
    private bool _isOver;

    private DecoderProcess(DecoderOptions options)
    {
        var program = options.Program ?? ThisProgram();
        var start = new ProcessStartInfo(program[0], [.. program.Skip(1), .. DecoderWorker.Arguments(options)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _scratch = ScratchFolder.Create("decoder");
        DecoderEnvironment.Set(start.Environment, _scratch.Path, options.MemoryLimit);
        var map = File.OpenHandle(Path.Combine(_scratch.Path, DecoderProtocol.MapFile), FileMode.CreateNew, FileAccess.ReadWrite,
            FileShare.ReadWrite);
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            map.Dispose();
            _scratch.Dispose();
            throw new ReportedException($"{program[0]} cannot be started to decode radar files ({e.Message}).", e);
        }
        // What it writes under this name goes here: a decoder that a file has taken over cannot put another file in its place.
        _map = map;
        // What the C libraries and a crash print is of no use to anybody and must not fill the pipe.
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
    }

    internal bool IsAlive => !_isOver && !_process.HasExited;

    /// <summary>The one folder that it may read.</summary>
    internal string Folder => _scratch.Path;

    /// <summary>Starts a decoder and waits until it is ready, so that no file pays for a slow start or is blamed for none.</summary>
    /// <exception cref="ReportedException">It cannot be started.</exception>
    internal static DecoderProcess Start(DecoderOptions options, CancellationToken cancellation)
    {
        var decoder = new DecoderProcess(options);
        bool isReady;
        using (new FileBudget(options.StartLimit).Spend(decoder.Kill))
        using (cancellation.Register(decoder.Kill))
        {
            isReady = decoder.Answer() is not null;
        }
        if (isReady)
            return decoder;
        var reason = decoder.Reason();
        decoder.Dispose();
        cancellation.ThrowIfCancellationRequested();
        throw new ReportedException($"The decoder of radar files does not start ({reason}): see whether 'nowcast doctor' finds something.");
    }

    /// <summary>What it answers, until the next question; null where it has ended, or does because the budget is spent.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled, which ends the process.</exception>
    internal ArraySegment<byte>? Ask(byte[] question, FileBudget budget, CancellationToken cancellation)
    {
        ArraySegment<byte>? answer;
        // Killing ends the answer, wherever the child hangs.
        using (budget.Spend(Kill))
        using (cancellation.Register(Kill))
        {
            answer = Exchange(question);
        }
        cancellation.ThrowIfCancellationRequested();
        _isOver |= answer is null;
        return answer;
    }

    /// <summary>The map that it has written; false where it wrote less than that.</summary>
    internal bool ReadMap(Span<byte> map)
    {
        for (int read = 0, more; read < map.Length; read += more)
        {
            more = RandomAccess.Read(_map, map[read..], read);
            if (more == 0)
                return false;
        }
        return true;
    }

    /// <summary>Ends it and says how it ended, for a person.</summary>
    internal string Reason()
    {
        Kill();
        return !_process.WaitForExit(TimeToEnd) ? "it does not end" : _process.ExitCode switch
        {
            134 => "aborted",
            137 => Killed,
            139 => "memory fault",
            var code => string.Create(CultureInfo.InvariantCulture, $"exit status {code}"),
        };
    }

    /// <summary>What it says is not to be believed any more.</summary>
    internal void End()
    {
        Kill();
        _isOver = true;
    }

    public void Dispose()
    {
        Kill();
        // Killed processes end at once, and what they write to the folder before is nobody's.
        _process.WaitForExit(TimeToEnd);
        _process.Dispose();
        _map.Dispose();
        _scratch.Dispose();
    }

    private ArraySegment<byte>? Exchange(byte[] question)
    {
        try
        {
            DecoderProtocol.Write(_process.StandardInput.BaseStream, question);
        }
        catch (IOException)
        {
            // The pipe broke: the child is gone, as when it ends its output.
            return null;
        }
        return Answer();
    }

    private ArraySegment<byte>? Answer()
    {
        try
        {
            return DecoderProtocol.Read(_process.StandardOutput.BaseStream, _answer);
        }
        catch (IOException)
        {
            // As above.
            return null;
        }
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
            _isOver = true;
        }
    }

    // The executable beside this assembly, also where a test runner is the process.
    private static string[] ThisProgram()
    {
        var host = Path.Combine(AppContext.BaseDirectory, "nowcast");
        return File.Exists(host) ? [host, Verb] : ["dotnet", typeof(DecoderProcess).Assembly.Location, Verb];
    }
}
