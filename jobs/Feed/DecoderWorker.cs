using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ConvLstm.Nowcast.Files;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Jobs.ChildProcesses;
using ConvLstm.Nowcast.Jobs.Feed.Confinement;
using Microsoft.Win32.SafeHandles;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>
/// The child process that reads untrusted files for the program: one file at a time, asked over the standard input. Whatever a
/// damaged file does to the C libraries ends this process and nothing else.
/// </summary>
internal sealed class DecoderWorker
{
    /// <summary>The second argument of a decoder that has been started anew in its confinement.</summary>
    internal const string Confined = "confined";

    private readonly ParentProgram _program = new();
    private IDisposable? _open;
    private string _name = "";
    private ScanReading? _read;
    private int _pixels;
    private float[] _map = [];
    private SafeFileHandle? _mapFile;

    /// <summary>What it is started with, behind the verb.</summary>
    internal static string Argument(DecoderOptions options) => options.MemoryLimit.ToString(CultureInfo.InvariantCulture);

    /// <summary>Says that it is ready, then answers until the program ends it.</summary>
    /// <param name="arguments">The verb, the memory in bytes, and <see cref="Confined"/> the second time.</param>
    internal static void Run(IReadOnlyList<string> arguments)
    {
        if (arguments is [_, var memoryLimit])
        {
            ProcessLimits.Apply(long.Parse(memoryLimit, CultureInfo.InvariantCulture));
            ConfinedProcess.Restart([.. arguments, Confined]);
        }
        new DecoderWorker().Serve();
    }

    private void Serve()
    {
        AnswerWith();
        if (!_program.Listen())
            return;
        while (true)
        {
            var question = _program.Next();
            using var body = question.Reader();
            try
            {
                Answer((DecoderProtocol.Question)question.Kind, body);
            }
            catch (ReportedException e)
            {
                var kind = e is TemporarySpaceFullException ? AnswerKind.NotNow : AnswerKind.Failed;
                _program.Send(Message.Of(kind, w => w.Write(e.Message)));
            }
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

    private void AnswerWith(Action<BinaryWriter>? write = null) => _program.Send(Message.Of(AnswerKind.Done, write));

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
        AnswerWith();
    }
}
