using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ConvLstm.Nowcast.Files;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Jobs.Feed.Confinement;
using Microsoft.Win32.SafeHandles;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>
/// The child process that reads untrusted files for the program: one file at a time, asked over the standard input. Whatever a
/// damaged file does to the C libraries ends this process and nothing else.
/// </summary>
internal sealed class DecoderWorker(Stream questions, Stream answers, TimeSpan life)
{
    private IDisposable? _open;
    private string _name = "";
    private ScanReading? _read;
    private int _pixels;
    private float[] _map = [];
    private SafeFileHandle? _mapFile;

    /// <summary>The second argument of a decoder that has been started anew in its confinement.</summary>
    internal const string Confined = "confined";

    /// <summary>A decoder that nobody waits for any more ends itself after so many times what a file may take.</summary>
    private const int BudgetsToLive = 4;

    /// <summary>What it is started with, behind the verb.</summary>
    internal static IEnumerable<string> Arguments(DecoderOptions options) =>
    [
        options.MemoryLimit.ToString(CultureInfo.InvariantCulture),
        Math.Ceiling(options.FileLimit.TotalSeconds).ToString(CultureInfo.InvariantCulture),
    ];

    /// <param name="arguments">The verb, the memory in bytes, the seconds of a file, and <see cref="Confined"/> the second time.</param>
    internal static void Run(IReadOnlyList<string> arguments)
    {
        if (arguments is [_, var memoryLimit, _])
        {
            ProcessLimits.Apply(long.Parse(memoryLimit, CultureInfo.InvariantCulture));
            ConfinedProcess.Restart([.. arguments, Confined]);
        }
        var life = BudgetsToLive * TimeSpan.FromSeconds(int.Parse(arguments[2], CultureInfo.InvariantCulture));
        new DecoderWorker(Console.OpenStandardInput(), Console.OpenStandardOutput(), life).Serve();
    }

    /// <summary>Says that it is ready, then answers until the program closes its end.</summary>
    internal void Serve()
    {
        var buffer = new MessageBuffer();
        try
        {
            DecoderProtocol.Write(answers, [(byte)DecoderProtocol.Answer.Done]);
            while (DecoderProtocol.Read(questions, buffer) is { } question)
            {
                using var body = DecoderProtocol.Body(question);
                // A program that dies while a file hangs the library cannot end this process any more.
                using var watchdog = new Timer(_ => Environment.FailFast("The file took far too long."), null, life,
                    Timeout.InfiniteTimeSpan);
                try
                {
                    Answer((DecoderProtocol.Question)question[0], body);
                }
                catch (ReportedException e)
                {
                    var kind = e is TemporarySpaceFullException ? DecoderProtocol.Answer.NotNow : DecoderProtocol.Answer.Unusable;
                    DecoderProtocol.Write(answers, DecoderProtocol.Message((byte)kind, w => w.Write(e.Message)));
                }
            }
        }
        finally
        {
            _open?.Dispose();
            _mapFile?.Dispose();
        }
    }

    private void Answer(DecoderProtocol.Question question, BinaryReader body)
    {
        if (question == DecoderProtocol.Question.Read)
        {
            AnswerWithMap(body.ReadInt32());
            return;
        }
        _open?.Dispose();
        _open = null;
        var (location, name) = (body.ReadString(), body.ReadString());
        _name = name;
        if (question == DecoderProtocol.Question.Open)
        {
            var told = body.ReadString();
            var file = RadarFormats.Open(location, name, told.Length > 0 ? JsonSerializer.Deserialize<RadarReadOptions>(told) : null);
            (_open, _read, _pixels) = (file, file.Read, file.Grid.PixelCount);
            AnswerWith(w => DecoderProtocol.Write(w, file.Contents));
        }
        else if (body.ReadBoolean() && !ForecastFile.Recognises(location, name))
        {
            AnswerWith(w => w.Write(""));
        }
        else
        {
            var forecast = ForecastFile.Open(location, name);
            (_open, _read, _pixels) = (forecast, forecast.Read, forecast.Contents.Grid.PixelCount);
            AnswerWith(w => w.Write(JsonSerializer.Serialize(forecast.Contents, DecoderProtocol.Json)));
        }
    }

    private void AnswerWith(Action<BinaryWriter> write) =>
        DecoderProtocol.Write(answers, DecoderProtocol.Message((byte)DecoderProtocol.Answer.Done, write));

    private void AnswerWithMap(int index)
    {
        if (_map.Length < _pixels)
            _map = GC.AllocateUninitializedArray<float>(_pixels);
        var map = _map.AsSpan(0, _pixels);
        _read!(index, map);
        try
        {
            _mapFile ??= File.OpenHandle(Path.Combine(Path.GetTempPath(), DecoderProtocol.MapFile), FileMode.Open, FileAccess.Write,
                FileShare.ReadWrite);
            RandomAccess.Write(_mapFile, MemoryMarshal.AsBytes(map), 0);
        }
        catch (IOException e) when (TemporarySpace.IsFull(e))
        {
            throw TemporarySpace.Full(_name, e);
        }
        AnswerWith(_ => { });
    }
}
