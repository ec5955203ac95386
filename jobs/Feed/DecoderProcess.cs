using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ConvLstm.Nowcast.Files;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Jobs.Feed.Confinement;
using Microsoft.Win32.SafeHandles;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>One child process that decodes. After an error that is not the file's own report it is dead and must be replaced.</summary>
internal sealed class DecoderProcess : IDisposable
{
    internal const string Verb = "decode-worker";

    private const string Advice = "it is damaged or too large, fetch it again; NOWCAST_DECODER__SECONDS and NOWCAST_DECODER__MEMORYMB set "
        + "what a file may cost";

    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly DecoderOptions _options;
    private readonly ScratchFolder _scratch;
    private readonly MessageBuffer _answer = new();
    private readonly SafeFileHandle _map;
    private FileInfo? _copy;
    private bool _isOver;

    private DecoderProcess(DecoderOptions options)
    {
        _options = options;
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

    /// <summary>How many it was asked to open.</summary>
    internal int Files { get; private set; }

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

    /// <summary>The same for who does not wait on a thread.</summary>
    internal static Task<DecoderProcess> StartAsync(DecoderOptions options, CancellationToken cancellation) =>
        Task.Run(() => Start(options, cancellation), CancellationToken.None);

    /// <summary>
    /// Copies the file to where the decoder may read, and opens it there: what it holds cannot change or name another file any more.
    /// </summary>
    /// <exception cref="RadarFileException">The file cannot be used; where the process did not survive it, <see cref="IsAlive"/> is
    /// false.</exception>
    /// <exception cref="ReportedException">The temporary folder is full, which is not the file's fault.</exception>
    internal RadarFileContents Open(string path, RadarReadOptions options, FileBudget budget, CancellationToken cancellation)
    {
        // The usual options are none: the first JSON of a process takes as long as some files.
        var told = options == RadarReadOptions.Default ? "" : JsonSerializer.Serialize(options);
        return Open(DecoderProtocol.Question.Open, path, w => w.Write(told), DecoderProtocol.ReadContents, budget, cancellation);
    }

    /// <summary>The same for a forecast file; null for what is none, where that is asked.</summary>
    /// <exception cref="RadarFileException">As for <see cref="Open"/>.</exception>
    internal ForecastContents? OpenForecast(string path, bool asks, FileBudget budget, CancellationToken cancellation) =>
        Open(DecoderProtocol.Question.OpenForecast, path, w => w.Write(asks), DecoderProtocol.ReadForecast, budget, cancellation);

    private T Open<T>(DecoderProtocol.Question question, string path, Action<BinaryWriter> write, Func<BinaryReader, T> read,
        FileBudget budget, CancellationToken cancellation)
    {
        _copy?.Delete();
        _copy = new FileInfo(Path.Combine(_scratch.Path, string.Create(CultureInfo.InvariantCulture, $"{++Files}")));
        DecoderCopy.Make(path, _copy.FullName, _options, cancellation);
        var message = DecoderProtocol.Message((byte)question, w =>
        {
            w.Write(_copy.FullName);
            w.Write(path);
            write(w);
        });
        using var body = DecoderProtocol.Body(Ask(path, message, budget, cancellation));
        try
        {
            return read(body);
        }
        catch (Exception e) when (e is IOException or ArgumentException or JsonException)
        {
            throw Nonsense(path, e);
        }
    }

    /// <summary>The same for who does not wait on a thread.</summary>
    internal Task<RadarFileContents> OpenAsync(string path, RadarReadOptions options, FileBudget budget, CancellationToken cancellation) =>
        Task.Run(() => Open(path, options, budget, cancellation), CancellationToken.None);

    /// <summary>The scan at an index of the file that was opened last.</summary>
    /// <param name="path">The file.</param>
    /// <param name="index">Of its scans.</param>
    /// <param name="rainRate">Filled: as many values as the grid has pixels.</param>
    /// <param name="budget">Of the file.</param>
    /// <param name="cancellation">Ends the decoder.</param>
    /// <exception cref="RadarFileException">As for <see cref="Open"/>.</exception>
    internal void Read(string path, int index, Span<float> rainRate, FileBudget budget, CancellationToken cancellation)
    {
        var question = DecoderProtocol.Message((byte)DecoderProtocol.Question.Read, w => w.Write(index));
        Ask(path, question, budget, cancellation);
        var bytes = MemoryMarshal.AsBytes(rainRate);
        for (int read = 0, more; read < bytes.Length; read += more)
        {
            more = RandomAccess.Read(_map, bytes[read..], read);
            if (more == 0)
                throw Nonsense(path, new EndOfStreamException());
        }
    }

    /// <summary>The same for who does not wait on a thread.</summary>
    internal Task<RadarFrame> ReadAsync(string path, RadarFileContents contents, int index, FileBudget budget,
        CancellationToken cancellation) => Task.Run(
            () =>
            {
                var rainRate = GC.AllocateUninitializedArray<float>(contents.Grid.PixelCount);
                Read(path, index, rainRate, budget, cancellation);
                return new RadarFrame(contents.Grid, contents.ValidTimes[index], rainRate);
            },
            CancellationToken.None);

    public void Dispose()
    {
        Kill();
        // Killed processes end at once, and what they write to the folder before is nobody's.
        _process.WaitForExit(TimeToEnd);
        _process.Dispose();
        _map.Dispose();
        _scratch.Dispose();
    }

    private ArraySegment<byte> Ask(string path, byte[] question, FileBudget budget, CancellationToken cancellation)
    {
        ArraySegment<byte>? answer;
        // Killing ends the answer, wherever the child hangs.
        using (budget.Spend(Kill))
        using (cancellation.Register(Kill))
        {
            answer = Exchange(question);
        }
        cancellation.ThrowIfCancellationRequested();
        if (answer is not { } message)
        {
            _isOver = true;
            throw budget.IsSpent
                ? new RadarFileException(path, string.Create(CultureInfo.InvariantCulture,
                    $"reading it took over {_options.FileLimit.TotalSeconds:0.#} seconds"), Advice)
                : new RadarFileException(path, $"reading it ended the decoder ({Reason()})", Advice);
        }
        if (message[0] == (byte)DecoderProtocol.Answer.Done)
            return message;
        using var body = DecoderProtocol.Body(message);
        throw message[0] == (byte)DecoderProtocol.Answer.Unusable ? new RadarFileException(path, body.ReadString())
            : new ReportedException(body.ReadString());
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

    private string Reason()
    {
        Kill();
        return !_process.WaitForExit(TimeToEnd) ? "it does not end" : _process.ExitCode switch
        {
            134 => "aborted",
            137 => "killed",
            139 => "memory fault",
            var code => string.Create(CultureInfo.InvariantCulture, $"exit status {code}"),
        };
    }

    private RadarFileException Nonsense(string path, Exception e)
    {
        Kill();
        _isOver = true;
        return new(path, "reading it made the decoder say what makes no sense", Advice, e);
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
