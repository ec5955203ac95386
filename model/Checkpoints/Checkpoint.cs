using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Model.Checkpoints;

/// <summary>A trained network with what it says of itself, in a <c>.safetensors</c> file.</summary>
public sealed class Checkpoint : IDisposable
{
    private const string MetadataKey = "convlstm_nowcast";
    private const string Format = "1";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true };

    private Checkpoint(RainNetwork network, CheckpointMetadata metadata, string version, string checksum)
    {
        Network = network;
        Metadata = metadata;
        Version = version;
        Checksum = checksum;
    }

    public RainNetwork Network { get; }

    public CheckpointMetadata Metadata { get; }

    /// <summary>Network, day of creation and the start of the checksum: enough to tell versions apart in a table.</summary>
    public string Version { get; }

    /// <summary>SHA-256 of the file in hexadecimal.</summary>
    public string Checksum { get; }

    /// <summary>The version and source revision of this program.</summary>
    public static string ThisProgram =>
        typeof(Checkpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static void Save(string path, RainNetwork network, CheckpointMetadata metadata) =>
        SafeTensors.Write(path, network.state_dict(), new Dictionary<string, string>
        {
            ["format"] = Format,
            [MetadataKey] = JsonSerializer.Serialize(metadata, Json),
        });

    /// <exception cref="ReportedException">The file is missing, damaged, not one of ours, or does not fit its own architecture.</exception>
    public static Checkpoint Load(string path, Device device)
    {
        using var scope = NewDisposeScope();
        var (tensors, texts) = SafeTensors.Read(path);
        if (!texts.TryGetValue(MetadataKey, out var json))
            throw new ReportedException(
                $"{path} holds weights without the description of their network: take a file that 'nowcast train' wrote.");
        CheckpointMetadata metadata;
        try
        {
            metadata = JsonSerializer.Deserialize<CheckpointMetadata>(json, Json) ?? throw new JsonException("it is empty");
            metadata.Check(tensors.Values.SelectMany(t => t.shape).DefaultIfEmpty(0).Max());
        }
        catch (JsonException e)
        {
            throw new ReportedException(
                $"{path}: its description cannot be read ({e.Message}): it was written by another version or is damaged, train again.", e);
        }
        RainNetwork? network = null;
        try
        {
            network = NetworkRegistry.Create(metadata.Network);
            network.load_state_dict(tensors);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException || TorchErrors.IsTorch(e))
        {
            network?.Dispose();
            throw new ReportedException($"{path}: {e.Message.Split('\n')[0]} Train it again with this version.", e);
        }
        network.eval();
        var checksum = ChecksumOf(path);
        return new(network.to(device), metadata, $"{metadata.Network.Network}-{metadata.Created:yyyyMMdd}-{checksum[..8]}", checksum);
    }

    public void Dispose() => Network.Dispose();

    private static string ChecksumOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
