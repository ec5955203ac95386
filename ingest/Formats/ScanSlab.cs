using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>One scan of a file: the hyperslab that holds it and how its numbers become mm/h.</summary>
internal sealed record ScanSlab(
    DateTimeOffset ValidTime, NetCdfVariable Variable, long[] Start, long[] Count, PixelDecoder Decoder, PixelOrder Order) : IStoredScan
{
    /// <summary>Reads, decodes and turns north up, in one pass over a pooled buffer.</summary>
    public void Read(RadarGrid grid, Span<float> rainRate)
    {
        switch (Variable.Type)
        {
            case NetCdfType.Int8 or NetCdfType.UInt8:
                ReadPacked<byte>(grid, rainRate, 8);
                break;
            case NetCdfType.Int16 or NetCdfType.UInt16:
                ReadPacked<ushort>(grid, rainRate, 16);
                break;
            case NetCdfType.Float32:
                ReadValues<float>(grid, rainRate);
                break;
            default:
                ReadValues<double>(grid, rainRate);
                break;
        }
    }

    private void ReadPacked<T>(RadarGrid grid, Span<float> rainRate, int bits)
        where T : unmanaged, IBinaryInteger<T>
    {
        var table = Decoder.Table(bits, Variable.Type is NetCdfType.Int8 or NetCdfType.Int16);
        var rented = ArrayPool<T>.Shared.Rent(grid.PixelCount);
        try
        {
            var raw = rented.AsSpan(0, grid.PixelCount);
            // The library checks ranges when it converts between signed and unsigned, so each is read as what it is.
            if (Variable.Type == NetCdfType.Int8)
                Variable.Read(Start, Count, MemoryMarshal.Cast<T, sbyte>(raw));
            else if (Variable.Type == NetCdfType.Int16)
                Variable.Read(Start, Count, MemoryMarshal.Cast<T, short>(raw));
            else
                Variable.Read(Start, Count, raw);
            var (origin, rowStep, columnStep) = Strides(grid);
            for (var row = 0; row < grid.Height; row++)
            {
                var from = origin + (row * rowStep);
                var target = rainRate.Slice(row * grid.Width, grid.Width);
                if (columnStep == 1)
                {
                    LookUp(table, raw.Slice(from, target.Length), target);
                    continue;
                }
                for (var column = 0; column < target.Length; column++, from += columnStep)
                    target[column] = table[int.CreateTruncating(raw[from])];
            }
        }
        finally
        {
            ArrayPool<T>.Shared.Return(rented);
        }
    }

    // Nearly every file lies this way; a table has an entry for each pattern of T, so that no look-up can leave it.
    private static void LookUp<T>(float[] table, ReadOnlySpan<T> raw, Span<float> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(table.Length, 1 << (8 * Unsafe.SizeOf<T>()));
        ArgumentOutOfRangeException.ThrowIfNotEqual(raw.Length, target.Length);
        ref var rates = ref MemoryMarshal.GetArrayDataReference(table);
        ref var from = ref MemoryMarshal.GetReference(raw);
        ref var to = ref MemoryMarshal.GetReference(target);
        nint i = 0;
        for (; i <= raw.Length - 4; i += 4)
        {
            Unsafe.Add(ref to, i) = Unsafe.Add(ref rates, nint.CreateTruncating(Unsafe.Add(ref from, i)));
            Unsafe.Add(ref to, i + 1) = Unsafe.Add(ref rates, nint.CreateTruncating(Unsafe.Add(ref from, i + 1)));
            Unsafe.Add(ref to, i + 2) = Unsafe.Add(ref rates, nint.CreateTruncating(Unsafe.Add(ref from, i + 2)));
            Unsafe.Add(ref to, i + 3) = Unsafe.Add(ref rates, nint.CreateTruncating(Unsafe.Add(ref from, i + 3)));
        }
        for (; i < raw.Length; i++)
            Unsafe.Add(ref to, i) = Unsafe.Add(ref rates, nint.CreateTruncating(Unsafe.Add(ref from, i)));
    }

    private void ReadValues<T>(RadarGrid grid, Span<float> rainRate)
        where T : unmanaged, INumber<T>
    {
        var rented = ArrayPool<T>.Shared.Rent(grid.PixelCount);
        try
        {
            var raw = rented.AsSpan(0, grid.PixelCount);
            Variable.Read(Start, Count, raw);
            var wrap = Decoder.IsUnsigned && Variable.Type == NetCdfType.Int32 ? 4294967296.0 : 0;
            var (origin, rowStep, columnStep) = Strides(grid);
            for (var row = 0; row < grid.Height; row++)
            {
                var from = origin + (row * rowStep);
                var target = rainRate.Slice(row * grid.Width, grid.Width);
                for (var column = 0; column < target.Length; column++, from += columnStep)
                {
                    var stored = double.CreateTruncating(raw[from]);
                    target[column] = Decoder.RainRate(stored < 0 ? stored + wrap : stored);
                }
            }
        }
        finally
        {
            ArrayPool<T>.Shared.Return(rented);
        }
    }

    // Where the north-western pixel stands in the file, and how far the next row and the next column are from it.
    private (int Origin, int RowStep, int ColumnStep) Strides(RadarGrid grid)
    {
        var rowStep = Order.ColumnsFirst ? 1 : grid.Width;
        var columnStep = Order.ColumnsFirst ? grid.Height : 1;
        var origin = (Order.SouthFirst ? (grid.Height - 1) * rowStep : 0) + (Order.EastFirst ? (grid.Width - 1) * columnStep : 0);
        return (origin, Order.SouthFirst ? -rowStep : rowStep, Order.EastFirst ? -columnStep : columnStep);
    }
}
