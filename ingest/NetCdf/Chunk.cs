namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>A stored chunk of a dataset.</summary>
/// <param name="Offset">The indices of its first value.</param>
/// <param name="Address">Where its bytes are in the file.</param>
/// <param name="Bytes">How many there are, packed.</param>
/// <param name="SkippedFilters">A bit for each filter that was not applied to it.</param>
internal readonly record struct Chunk(long[] Offset, long Address, int Bytes, uint SkippedFilters)
{
    // A slab of more chunks than this gains nothing from being read around the library.
    private const int Most = 4096;

    /// <summary>The chunks that a slab touches; null where one was never written or there are too many.</summary>
    internal static unsafe List<Chunk>? Covering(NativeHdf5 hdf5, long dataset, long[] shape, ReadOnlySpan<long> start,
        ReadOnlySpan<long> count)
    {
        var rank = shape.Length;
        var (first, last) = (new long[rank], new long[rank]);
        var total = 1.0;
        for (var i = 0; i < rank; i++)
        {
            (first[i], last[i]) = (start[i] / shape[i] * shape[i], (start[i] + count[i] - 1) / shape[i] * shape[i]);
            total *= ((last[i] - first[i]) / shape[i]) + 1;
        }
        if (total > Most)
            return null;
        var chunks = new List<Chunk>((int)total);
        var offset = (long[])first.Clone();
        do
        {
            uint mask;
            ulong address, bytes;
            fixed (long* at = offset)
            {
                if (hdf5.ChunkInfo(dataset, (ulong*)at, &mask, &address, &bytes) < 0 || address == NativeHdf5.NoAddress
                    || bytes is 0 or > int.MaxValue)
                    return null;
            }
            chunks.Add(new Chunk((long[])offset.Clone(), (long)address, (int)bytes, mask));
        }
        while (Advance(offset, shape, first, last));
        return chunks;
    }

    private static bool Advance(long[] offset, long[] shape, long[] first, long[] last)
    {
        for (var i = offset.Length - 1; i >= 0; i--)
        {
            offset[i] += shape[i];
            if (offset[i] <= last[i])
                return true;
            offset[i] = first[i];
        }
        return false;
    }
}
