using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>
/// A training that was stopped, with all that its next step depends on: one that goes on from it gives the same bits as one that was never
/// stopped, where epochs and not minutes end it.
/// </summary>
/// <param name="State">The numbers.</param>
/// <param name="Weights">Those of the last step, as TorchSharp writes a module; the checkpoint beside has the best.</param>
/// <param name="Optimizer">Its moments, as TorchSharp writes them.</param>
/// <param name="Generator">The state of libtorch's random numbers on the CPU.</param>
public sealed record StoppedTraining(TrainingState State, byte[] Weights, byte[] Optimizer, byte[] Generator)
{
    /// <summary>What the file of a stopped training is called after that of its checkpoint.</summary>
    public const string Ending = ".stopped";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    internal static StoppedTraining Of(TrainingState state, RainNetwork network, optim.Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        return new(state, Written(stream => network.save(stream)),
            Written(stream =>
            {
                using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
                ((OptimizerHelper)optimizer).save_state_dict(writer);
            }), get_rng_state().data<byte>().ToArray());
    }

    /// <summary>The network and the optimiser are as after the last step.</summary>
    internal void Restore(RainNetwork network, optim.Optimizer optimizer)
    {
        using (var stream = new MemoryStream(Weights))
            network.load(stream);
        // In no scope of its own: moments that are made here are the optimiser's.
        using (var reader = new BinaryReader(new MemoryStream(Optimizer)))
            ((OptimizerHelper)optimizer).load_state_dict(reader);
        using var generator = tensor(Generator);
        set_rng_state(generator);
    }

    /// <summary>Writes a ZIP file under its name when it is complete.</summary>
    /// <exception cref="ReportedException">It cannot be written there.</exception>
    public void Save(string path)
    {
        try
        {
            WholeFile.Write(path, unfinished =>
            {
                using var file = ZipFile.Open(unfinished, ZipArchiveMode.Create);
                foreach (var (name, bytes) in new[] { ("state.json", JsonSerializer.SerializeToUtf8Bytes(State, Json)),
                    (nameof(Weights), Weights), (nameof(Optimizer), Optimizer), (nameof(Generator), Generator) })
                {
                    using var entry = file.CreateEntry(name, CompressionLevel.NoCompression).Open();
                    entry.Write(bytes);
                }
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReportedException(
                $"{path} could not be written ({e.Message.TrimEnd('.')}): the training cannot go on from there.", e);
        }
    }

    /// <exception cref="ReportedException">It is not there or damaged.</exception>
    public static StoppedTraining Load(string path)
    {
        if (!File.Exists(path))
            throw new ReportedException($"There is no {path}, which a training leaves when it is stopped: begin a new one.");
        try
        {
            using var file = ZipFile.OpenRead(path);
            return new(JsonSerializer.Deserialize<TrainingState>(Read(file, "state.json"), Json)!,
                Read(file, nameof(Weights)), Read(file, nameof(Optimizer)), Read(file, nameof(Generator)));
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or EndOfStreamException)
        {
            throw new ReportedException($"{path} is damaged ({e.Message.TrimEnd('.')}): begin a new training.", e);
        }
    }

    private static byte[] Written(Action<MemoryStream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }

    private static byte[] Read(ZipArchive file, string name)
    {
        var entry = file.GetEntry(name) ?? throw new InvalidDataException($"it has no {name}");
        using var stream = entry.Open();
        var bytes = new byte[entry.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
