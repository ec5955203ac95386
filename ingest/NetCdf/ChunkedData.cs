using Microsoft.Win32.SafeHandles;

namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>
/// Reads slabs of chunked HDF5 datasets without the library: it only says where the chunks lie, and what comes after — reading,
/// inflating with the zlib of .NET, which is quicker, unshuffling — happens outside its lock, so that threads do not take turns.
/// Datasets with other filters, byte orders or chunks that were never written are left to the library.
/// </summary>
internal sealed class ChunkedData
{
    // A chunk much larger than the slab is damage or a layout for which the library's way is as good.
    private const long LargestChunk = 256L << 20;

    private readonly int _elementSize;
    private readonly long[] _shape;
    private readonly ChunkFilters _filters;
    private readonly List<Chunk> _chunks;

    private ChunkedData(int elementSize, long[] shape, ChunkFilters filters, List<Chunk> chunks)
    {
        _elementSize = elementSize;
        _shape = shape;
        _filters = filters;
        _chunks = chunks;
    }

    /// <summary>Finds the chunks of a slab; null where the library must read them. The caller holds the library's lock.</summary>
    internal static unsafe ChunkedData? Find(NativeHdf5 hdf5, string path, string name, int elementSize, ReadOnlySpan<long> start,
        ReadOnlySpan<long> count)
    {
        using var file = hdf5.OpenFile(path);
        if (!file.IsValid)
            return null;
        using var dataset = hdf5.OpenDataset(file, name);
        if (!dataset.IsValid)
            return null;
        using var type = hdf5.TypeOf(dataset);
        using var list = hdf5.CreationListOf(dataset);
        if (!type.IsValid || !list.IsValid || hdf5.Layout(list.Id) != NativeHdf5.Chunked)
            return null;
        // Single bytes have no order, whatever the type says.
        if ((int)hdf5.TypeSize(type.Id) != elementSize || (elementSize > 1 && hdf5.TypeOrder(type.Id) != NativeHdf5.LittleEndian))
            return null;
        var lengths = stackalloc ulong[NativeHdf5.MostDimensions];
        if (hdf5.ChunkShape(list.Id, NativeHdf5.MostDimensions, lengths) != start.Length
            || ChunkFilters.Of(hdf5, list.Id) is not { } filters)
            return null;
        var shape = new long[start.Length];
        var bytes = (double)elementSize;
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = (long)lengths[i];
            bytes *= lengths[i];
        }
        if (bytes is not (> 0 and <= LargestChunk))
            return null;
        var chunks = Chunk.Covering(hdf5, dataset.Id, shape, start, count);
        return chunks is null ? null : new ChunkedData(elementSize, shape, filters, chunks);
    }

    /// <summary>Reads the slab; false where a chunk is damaged, which the library then reports.</summary>
    internal bool TryRead(SafeFileHandle file, ReadOnlySpan<long> start, ReadOnlySpan<long> count, Span<byte> target)
    {
        var slab = new ChunkSlab(_shape, start.ToArray(), count.ToArray(), _elementSize);
        foreach (var chunk in _chunks)
        {
            // Most services store a scan as one chunk: it is unpacked to where it belongs.
            if (slab.Is(chunk.Offset))
            {
                if (!_filters.TryUnpack(file, chunk, _elementSize, target))
                    return false;
                continue;
            }
            using var unpacked = new PooledBytes(slab.ChunkBytes);
            if (!_filters.TryUnpack(file, chunk, _elementSize, unpacked.Span))
                return false;
            slab.Copy(chunk.Offset, unpacked.Span, target);
        }
        return true;
    }
}
