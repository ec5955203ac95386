using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Model.Checkpoints;

/// <summary>
/// The safetensors format (https://huggingface.co/docs/safetensors): eight bytes with the length of a JSON header,
/// the header with type, shape and place of each tensor and free text under <c>__metadata__</c>, then the bytes.
/// Written as float32, as that is what checkpoints here hold; read from other types too.
/// </summary>
public static class SafeTensors
{
    private const int LengthBytes = 8;
    private const int LongestHeader = 100_000_000;
    private const int HeaderAlignment = 8;
    private const string MetadataKey = "__metadata__";

    /// <summary>Writes a file under its name only when it is complete.</summary>
    /// <exception cref="ReportedException">It cannot be written there; what was there stays.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var header = new JsonObject { [MetadataKey] = Texts(metadata) };
        long offset = 0;
        foreach (var (name, tensor) in tensors)
        {
            var end = offset + (tensor.numel() * sizeof(float));
            header[name] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray([.. tensor.shape.Select(s => JsonValue.Create(s))]),
                ["data_offsets"] = new JsonArray(offset, end),
            };
            offset = end;
        }
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var padding = (HeaderAlignment - (json.Length % HeaderAlignment)) % HeaderAlignment;

        try
        {
            WholeFile.Write(path, unfinished =>
            {
                using var file = File.Create(unfinished);
                Span<byte> length = stackalloc byte[LengthBytes];
                BinaryPrimitives.WriteInt64LittleEndian(length, json.Length + padding);
                file.Write(length);
                file.Write(json);
                for (var i = 0; i < padding; i++)
                    file.WriteByte((byte)' ');
                foreach (var tensor in tensors.Values)
                {
                    using var scope = NewDisposeScope();
                    file.Write(MemoryMarshal.AsBytes<float>(tensor.ToFloats()));
                }
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReportedException(
                $"{path}: the checkpoint could not be written ({e.Message.TrimEnd('.')}). Name a file in a folder that can be written to "
                    + "and has room.", e);
        }
    }

    /// <summary>Reads all tensors, in the scope that is open, and the metadata.</summary>
    /// <exception cref="ReportedException">The file is missing, cut off, or no safetensors file.</exception>
    public static (Dictionary<string, Tensor> Tensors, Dictionary<string, string> Metadata) Read(string path)
    {
        if (!File.Exists(path))
            throw new ReportedException($"There is no checkpoint {path}: name a .safetensors file that 'nowcast train' wrote.");
        using var file = File.OpenRead(path);
        try
        {
            var header = ReadHeader(file);
            var metadata = header[MetadataKey]?.AsObject()
                .ToDictionary(e => e.Key, e => e.Value!.GetValue<string>(), StringComparer.Ordinal) ?? [];
            var start = file.Position;
            var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
            foreach (var (name, entry) in header.Where(e => e.Key != MetadataKey))
                tensors[name] = ReadTensor(file, start, name, entry!);
            return (tensors, metadata);
        }
        catch (Exception e) when (
            e is JsonException or InvalidDataException or InvalidOperationException or FormatException or EndOfStreamException
                or NullReferenceException or ArgumentException or OverflowException or KeyNotFoundException)
        {
            throw new ReportedException($"{path} is no complete safetensors checkpoint ({e.Message}): write it again with 'nowcast train'.",
                e);
        }
    }

    private static JsonObject ReadHeader(FileStream file)
    {
        Span<byte> length = stackalloc byte[LengthBytes];
        file.ReadExactly(length);
        var size = BinaryPrimitives.ReadInt64LittleEndian(length);
        if (size is <= 0 or > LongestHeader || size > file.Length - LengthBytes)
            throw new InvalidDataException($"a header of {size} bytes does not fit the file");
        var json = new byte[size];
        file.ReadExactly(json);
        return JsonNode.Parse(json)?.AsObject() ?? throw new InvalidDataException("the header is empty");
    }

    private static Tensor ReadTensor(FileStream file, long start, string name, JsonNode entry)
    {
        var type = StoredType.Named(entry["dtype"]?.GetValue<string>());
        var shape = entry["shape"]!.AsArray().Select(n => n!.GetValue<long>()).ToArray();
        var (from, to) = (entry["data_offsets"]![0]!.GetValue<long>(), entry["data_offsets"]![1]!.GetValue<long>());
        // In numbers that no product of a damaged header goes beyond.
        var bytesOfShape = shape.Aggregate((Int128)type.Bytes,
            (product, size) => size < 0 || product > file.Length ? Int128.MaxValue / long.MaxValue : product * size);
        if (from < 0 || to < from || to > file.Length - start || to - from != bytesOfShape)
            throw new InvalidDataException($"tensor {name} does not lie inside the file");
        var bytes = new byte[to - from];
        file.Position = start + from;
        file.ReadExactly(bytes);
        return tensor(type.ToSingle(bytes), shape);
    }

    private static JsonObject Texts(IReadOnlyDictionary<string, string> metadata)
    {
        var texts = new JsonObject();
        foreach (var (key, value) in metadata)
            texts[key] = value;
        return texts;
    }
}
