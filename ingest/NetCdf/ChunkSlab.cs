namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>A slab that is put together from chunks. Indices are slowest first.</summary>
internal sealed class ChunkSlab(long[] shape, long[] start, long[] count, int elementSize)
{
    /// <summary>An unpacked chunk; those at the edge of a dataset are as large as the others.</summary>
    internal int ChunkBytes { get; } = (int)shape.Aggregate((long)elementSize, (product, n) => product * n);

    /// <summary>True where the chunk at an offset is the whole slab.</summary>
    internal bool Is(long[] offset) => offset.AsSpan().SequenceEqual(start) && shape.AsSpan().SequenceEqual(count);

    /// <summary>Copies what a chunk and the slab share, row by row.</summary>
    internal void Copy(long[] offset, ReadOnlySpan<byte> chunk, Span<byte> slab) => Copy(0, offset, 0, 0, chunk, slab);

    private void Copy(int dimension, long[] offset, long chunkIndex, long slabIndex, ReadOnlySpan<byte> chunk, Span<byte> slab)
    {
        var from = Math.Max(offset[dimension], start[dimension]);
        var to = Math.Min(offset[dimension] + shape[dimension], start[dimension] + count[dimension]);
        chunkIndex = (chunkIndex * shape[dimension]) + (from - offset[dimension]);
        slabIndex = (slabIndex * count[dimension]) + (from - start[dimension]);
        if (dimension == shape.Length - 1)
        {
            chunk.Slice((int)chunkIndex * elementSize, (int)(to - from) * elementSize).CopyTo(slab[((int)slabIndex * elementSize)..]);
            return;
        }
        for (var i = from; i < to; i++)
            Copy(dimension + 1, offset, chunkIndex++, slabIndex++, chunk, slab);
    }
}
