using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Jobs.Feed.Confinement;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>One child process that decodes. After an error that is not the file's own report it is dead and must be replaced.</summary>
internal sealed class DecoderProcess : IDisposable
{
    internal const string Verb = "decode-worker";

    private readonly Process _process;
    private readonly DecoderOptions _options;
    private readonly ScratchFolder _scratch;
    private readonly MessageBuffer _answer = new();
    private FileInfo? _copy;
    private bool _isOver;

    private DecoderProcess(DecoderOptions options)
    {
        _options = options;
        var program = options.Program ?? ThisProgram();
        var start = new ProcessStartInfo(program[0], [.. program.Skip(1), options.MemoryLimit.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _scratch = ScratchFolder.Create("decoder");
        DecoderEnvironment.Set(start.Environment, _scratch.Path, options.MemoryLimit);
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            _scratch.Dispose();
            throw new ReportedException($"{program[0]} cannot be started to decode radar files ({e.Message}).", e);
        }
        // What the C libraries and a crash print is of no use to anybody and must not fill the pipe.
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
    }

    internal bool IsAlive => !_isOver && !_process.HasExited;

    /// <summary>How many it was asked to open.</summary>
    internal int Files { get; private set; }

    /// <summary>Starts a decoder and waits until it is ready, so that no file pays for a slow start or is blamed for none.</summary>
    /// <exception cref="ReportedException">It cannot be started.</exception>
    internal static async Task<DecoderProcess> StartAsync(DecoderOptions options, CancellationToken cancellation)
    {
        var decoder = new DecoderProcess(options);
        ArraySegment<byte>? ready;
        using (new FileBudget(options.StartLimit).Spend(decoder.Kill))
        using (cancellation.Register(decoder.Kill))
        {
            ready = await decoder.AnswerAsync();
        }
        if (ready is not null)
            return decoder;
        var reason = await decoder.ReasonAsync();
        decoder.Dispose();
        cancellation.ThrowIfCancellationRequested();
        throw new ReportedException($"The decoder of radar files does not start ({reason}): see whether 'nowcast doctor' finds something.");
    }

    /// <summary>
    /// Copies the file to where the decoder may read, and opens it there: what it holds cannot change or name another file any more.
    /// </summary>
    /// <exception cref="RadarFileException">The file cannot be used; where the process did not survive it, <see cref="IsAlive"/> is
    /// false.</exception>
    /// <exception cref="ReportedException">The temporary folder is full, which is not the file's fault.</exception>
    internal async Task<DecodedContents> OpenAsync(string path, RadarReadOptions options, FileBudget budget, CancellationToken cancellation)
    {
        _copy?.Delete();
        _copy = new FileInfo(Path.Combine(_scratch.Path, string.Create(CultureInfo.InvariantCulture, $"{++Files}")));
        await CopyAsync(path, _copy.FullName, cancellation);
        var message = DecoderProtocol.Message((byte)DecoderProtocol.Question.Open, w =>
        {
            w.Write(_copy.FullName);
            w.Write(path);
            w.Write(JsonSerializer.Serialize(options));
        });
        using var body = DecoderProtocol.Body(await AskAsync(path, message, budget, cancellation));
        return DecoderProtocol.ReadContents(body);
    }

    /// <summary>The scan at an index of the file that was opened last.</summary>
    /// <exception cref="RadarFileException">As for <see cref="OpenAsync"/>.</exception>
    internal async Task<RadarFrame> ReadAsync(string path, DecodedContents contents, int index, FileBudget budget,
        CancellationToken cancellation)
    {
        var message = DecoderProtocol.Message((byte)DecoderProtocol.Question.Read, w => w.Write(index));
        var answer = await AskAsync(path, message, budget, cancellation);
        return new RadarFrame(contents.Grid, contents.ValidTimes[index], MemoryMarshal.Cast<byte, float>(answer.AsSpan(1)).ToArray());
    }

    public void Dispose()
    {
        Kill();
        // Killed processes end at once, and what they write to the folder before is nobody's.
        _process.WaitForExit(TimeSpan.FromSeconds(5));
        _process.Dispose();
        _scratch.Dispose();
    }

    private async Task<ArraySegment<byte>> AskAsync(string path, byte[] question, FileBudget budget, CancellationToken cancellation)
    {
        ArraySegment<byte>? answer;
        // Killing ends the answer, wherever the child hangs.
        using (budget.Spend(Kill))
        using (cancellation.Register(Kill))
        {
            answer = await ExchangeAsync(question);
        }
        cancellation.ThrowIfCancellationRequested();
        if (answer is not { } message)
        {
            _isOver = true;
            throw budget.IsSpent
                ? new RadarFileException(path, string.Create(CultureInfo.InvariantCulture,
                    $"reading it took over {_options.FileLimit.TotalSeconds:0.#} seconds"), "it is damaged or too large, fetch it again")
                : new RadarFileException(path, $"reading it ended the decoder ({await ReasonAsync()})",
                    "it is damaged or too large, fetch it again");
        }
        if (message[0] == (byte)DecoderProtocol.Answer.Done)
            return message;
        using var body = DecoderProtocol.Body(message);
        throw message[0] == (byte)DecoderProtocol.Answer.Unusable ? new DecoderReport(path, body.ReadString())
            : new ReportedException(body.ReadString());
    }

    private async Task CopyAsync(string path, string target, CancellationToken cancellation)
    {
        await using var source = OpenSource(path);
        if (source.Length > _options.LargestFile)
            throw new RadarFileException(path, $"it has over {_options.LargestFile >> 20} MiB", "split it into files of one scan");
        try
        {
            await using var copy = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            await source.CopyToAsync(copy, cancellation);
        }
        catch (IOException e)
        {
            throw TemporarySpace.IsFull(e)
                ? TemporarySpace.Full(path, e)
                : new RadarFileException(path, $"it cannot be read ({e.Message})", "check the disk and the right to read it", e);
        }
    }

    private FileStream OpenSource(string path)
    {
        try
        {
            return RegularFile.Open(path, _options.FollowsLinks);
        }
        catch (ReportedException e)
        {
            throw new DecoderReport(path, e.Message);
        }
    }

    private async Task<ArraySegment<byte>?> ExchangeAsync(byte[] question)
    {
        try
        {
            await DecoderProtocol.WriteAsync(_process.StandardInput.BaseStream, question, CancellationToken.None);
        }
        catch (IOException)
        {
            // The pipe broke: the child is gone, as when it ends its output.
            return null;
        }
        return await AnswerAsync();
    }

    private async Task<ArraySegment<byte>?> AnswerAsync()
    {
        try
        {
            return await DecoderProtocol.ReadAsync(_process.StandardOutput.BaseStream, _answer, CancellationToken.None);
        }
        catch (IOException)
        {
            // As above.
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
