using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>The filters of a dataset, in the order in which they were applied: shuffle, deflate, both or none.</summary>
internal sealed class ChunkFilters
{
    private readonly int _shuffle = -1;
    private readonly int _deflate = -1;

    private ChunkFilters(int shuffle, int deflate)
    {
        _shuffle = shuffle;
        _deflate = deflate;
    }

    /// <summary>Null where there is another filter or another order.</summary>
    internal static unsafe ChunkFilters? Of(NativeHdf5 hdf5, long creationList)
    {
        var count = hdf5.FilterCount(creationList);
        Span<int> found = stackalloc int[2];
        if (count is < 0 or > 2)
            return null;
        for (var i = 0; i < count; i++)
        {
            uint flags, configuration;
            nuint values = 0;
            found[i] = hdf5.Filter(creationList, (uint)i, &flags, &values, null, 0, null, &configuration);
        }
        return (count, found[0], found[1]) switch
        {
            (0, _, _) => new(-1, -1),
            (1, NativeHdf5.FilterDeflate, _) => new(-1, 0),
            (1, NativeHdf5.FilterShuffle, _) => new(0, -1),
            (2, NativeHdf5.FilterShuffle, NativeHdf5.FilterDeflate) => new(0, 1),
            _ => null,
        };
    }

    /// <summary>Reads a chunk from the file and unpacks it to exactly <paramref name="target"/>; false where it is damaged.</summary>
    internal bool TryUnpack(SafeFileHandle file, Chunk chunk, int elementSize, Span<byte> target)
    {
        var deflated = _deflate >= 0 && (chunk.SkippedFilters >> _deflate & 1) == 0;
        var shuffled = _shuffle >= 0 && (chunk.SkippedFilters >> _shuffle & 1) == 0 && elementSize > 1;
        if (!deflated && chunk.Bytes != target.Length)
            return false;
        using var packed = new PooledBytes(chunk.Bytes);
        if (RandomAccess.Read(file, packed.Span, chunk.Address) != chunk.Bytes)
            return false;
        if (!shuffled)
            return deflated ? TryInflate(packed, target) : packed.Span.TryCopyTo(target);
        using var planes = new PooledBytes(target.Length);
        if (deflated && !TryInflate(packed, planes.Span))
            return false;
        Unshuffle(deflated ? planes.Span : packed.Span, elementSize, target);
        return true;
    }

    // The zlib that .NET brings is zlib-ng, twice as quick as the distribution's zlib below HDF5. RFC 1950.
    private static bool TryInflate(PooledBytes packed, Span<byte> target)
    {
        try
        {
            using var stream = new ZLibStream(packed.AsStream(), CompressionMode.Decompress);
            // Reading past the end makes the stream compare its checksum.
            return stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) == target.Length && stream.ReadByte() < 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>From planes of first bytes, second bytes … back to whole values.</summary>
    internal static void Unshuffle(ReadOnlySpan<byte> planes, int elementSize, Span<byte> values)
    {
        var count = values.Length / elementSize;
        if (elementSize == 2)
        {
            Interleave(planes[..count], planes.Slice(count, count), MemoryMarshal.Cast<byte, ushort>(values));
            return;
        }
        for (var plane = 0; plane < elementSize; plane++)
        {
            var source = planes.Slice(plane * count, count);
            for (int i = 0, to = plane; i < source.Length; i++, to += elementSize)
                values[to] = source[i];
        }
    }

    private static void Interleave(ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, Span<ushort> values)
    {
        var i = 0;
        for (; i <= low.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(low[i..]), out var lowFirst, out var lowSecond);
            Vector.Widen(new Vector<byte>(high[i..]), out var highFirst, out var highSecond);
            (lowFirst | (highFirst << 8)).CopyTo(values[i..]);
            (lowSecond | (highSecond << 8)).CopyTo(values[(i + Vector<ushort>.Count)..]);
        }
        for (; i < low.Length; i++)
            values[i] = (ushort)(low[i] | (high[i] << 8));
    }
}
