using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ConvLstm.Nowcast.Files;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Jobs.ChildProcesses;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>
/// Opens files and reads their maps in a <see cref="DecoderProcess"/>, one file at a time. After an error that is not the file's own report
/// the process is dead and must be replaced.
/// </summary>
internal sealed class Decoder : IDisposable
{
    private const string Advice = "it is damaged or too large, fetch it again; NOWCAST_DECODER__SECONDS and NOWCAST_DECODER__MEMORYMB set "
        + "what a file may cost";

    private readonly DecoderProcess _process;
    private readonly DecoderOptions _options;
    private FileInfo? _copy;

    private Decoder(DecoderProcess process, DecoderOptions options) => (_process, _options) = (process, options);

    internal bool IsAlive => _process.IsAlive;

    /// <summary>How many it was asked to open.</summary>
    internal int Files { get; private set; }

    /// <inheritdoc cref="DecoderProcess.Start"/>
    internal static Decoder Start(DecoderOptions options, CancellationToken cancellation) =>
        new(DecoderProcess.Start(options, cancellation), options);

    /// <summary>The same for who does not wait on a thread.</summary>
    internal static Task<Decoder> StartAsync(DecoderOptions options, CancellationToken cancellation) =>
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

    /// <summary>The same for who does not wait on a thread.</summary>
    internal Task<RadarFileContents> OpenAsync(string path, RadarReadOptions options, FileBudget budget, CancellationToken cancellation) =>
        Task.Run(() => Open(path, options, budget, cancellation), CancellationToken.None);

    /// <summary>The same for a forecast file; null for what is none, where that is asked.</summary>
    /// <exception cref="RadarFileException">As for <see cref="Open"/>.</exception>
    internal ForecastContents? OpenForecast(string path, bool asks, FileBudget budget, CancellationToken cancellation) =>
        Open(DecoderProtocol.Question.OpenForecast, path, w => w.Write(asks), DecoderProtocol.ReadForecast, budget, cancellation);

    /// <summary>The scan at an index of the file that was opened last.</summary>
    /// <param name="path">The file.</param>
    /// <param name="index">Of its scans.</param>
    /// <param name="rainRate">Filled: as many values as the grid has pixels, mm/h.</param>
    /// <param name="budget">Of the file.</param>
    /// <param name="cancellation">Ends the decoder.</param>
    /// <exception cref="RadarFileException">As for <see cref="Open"/>.</exception>
    internal void Read(string path, int index, Span<float> rainRate, FileBudget budget, CancellationToken cancellation)
    {
        Ask(path, Message.Of((byte)DecoderProtocol.Question.Read, w => w.Write(index)), budget, cancellation);
        if (!_process.ReadMap(MemoryMarshal.AsBytes(rainRate)))
            throw Meaningless(path, new EndOfStreamException());
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

    public void Dispose() => _process.Dispose();

    private T Open<T>(DecoderProtocol.Question question, string path, Action<BinaryWriter> write, Func<BinaryReader, T> read,
        FileBudget budget, CancellationToken cancellation)
    {
        _copy?.Delete();
        _copy = new FileInfo(Path.Combine(_process.Folder, string.Create(CultureInfo.InvariantCulture, $"{++Files}")));
        DecoderCopy.Make(path, _copy.FullName, _options, cancellation);
        var message = Message.Of((byte)question, w =>
        {
            w.Write(_copy.FullName);
            w.Write(path);
            write(w);
        });
        return Meaning(path, Ask(path, message, budget, cancellation), read);
    }

    private static RadarFileException Ended(string path, string reason) => reason == ChildProcess.Killed
        ? new DecoderKilledException(path, $"reading it ended the decoder ({reason})", Advice)
        : new RadarFileException(path, $"reading it ended the decoder ({reason})", Advice);

    /// <summary>The answer where it was done; what else it says is thrown.</summary>
    private Message Ask(string path, Message question, FileBudget budget, CancellationToken cancellation)
    {
        if (_process.Ask(question, budget, cancellation) is not { } answer)
        {
            throw budget.IsSpent
                ? new RadarFileException(path, string.Create(CultureInfo.InvariantCulture,
                    $"reading it took over {_options.FileLimit.TotalSeconds:0.#} seconds"), Advice)
                : Ended(path, _process.Reason());
        }
        if (answer.Answer == AnswerKind.Done)
            return answer;
        var line = Meaning(path, answer, body => body.ReadString());
        throw answer.Answer == AnswerKind.Failed ? new RadarFileException(path, line) : new ReportedException(line);
    }

    private T Meaning<T>(string path, Message answer, Func<BinaryReader, T> read)
    {
        using var body = answer.Reader();
        try
        {
            return read(body);
        }
        catch (Exception e) when (e is IOException or ArgumentException or FormatException or JsonException)
        {
            throw Meaningless(path, e);
        }
    }

    private RadarFileException Meaningless(string path, Exception e)
    {
        _process.End();
        return new(path, "reading it made the decoder say what makes no sense", Advice, e);
    }
}
