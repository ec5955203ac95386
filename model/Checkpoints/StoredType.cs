using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Model.Checkpoints;

/// <summary>
/// The element types of safetensors (https://huggingface.co/docs/safetensors) that a network from elsewhere may hold.
/// Here they become float32: half precision loses nothing by it, counters of batches fit.
/// </summary>
internal sealed record StoredType(int Bytes, Func<byte[], float[]> ToSingle)
{
    private static readonly Dictionary<string, StoredType> Types = new(StringComparer.Ordinal)
    {
        ["F32"] = new(4, bytes => MemoryMarshal.Cast<byte, float>(bytes).ToArray()),
        ["F64"] = Of<double>(value => (float)value),
        ["F16"] = Of<Half>(value => (float)value),
        ["BF16"] = Of<ushort>(bits => BitConverter.Int32BitsToSingle(bits << 16)),
        ["I64"] = Of<long>(value => value),
        ["I32"] = Of<int>(value => value),
        ["U8"] = Of<byte>(value => value),
        ["BOOL"] = Of<byte>(value => value),
    };

    /// <exception cref="InvalidDataException">There is no such type here.</exception>
    internal static StoredType Named(string? name) => name is not null && Types.TryGetValue(name, out var type)
        ? type
        : throw new InvalidDataException($"type {name} is none of {string.Join(", ", Types.Keys)}");

    private static unsafe StoredType Of<T>(Func<T, float> convert)
        where T : unmanaged =>
            new(sizeof(T), bytes => Array.ConvertAll(MemoryMarshal.Cast<byte, T>(bytes).ToArray(), value => convert(value)));
}
