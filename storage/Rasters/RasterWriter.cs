using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Storage.Rasters;

/// <summary>Writes one tile of some fields as a raster. The buffer is used again for the next tile.</summary>
internal sealed class RasterWriter
{
    private readonly TileLayout _tiles;
    private readonly byte[] _buffer;

    /// <param name="tiles">The grid's tiles.</param>
    /// <param name="rates">How many bands of rain rates there are.</param>
    /// <param name="probabilities">How many bands follow them.</param>
    public RasterWriter(TileLayout tiles, int rates, int probabilities)
    {
        _tiles = tiles;
        var pixels = tiles.Size * tiles.Size;
        _buffer = new byte[RasterFormat.HeaderLength + (rates * (1 + 4 + (4 * pixels))) + (probabilities * (2 + pixels))];
        _buffer[0] = RasterFormat.LittleEndian;
        U16(RasterFormat.BandsAt, rates + probabilities);
        F64(RasterFormat.ScaleAt, tiles.Grid.PixelX);
        F64(RasterFormat.ScaleAt + 8, -tiles.Grid.PixelY);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(RasterFormat.SridAt), tiles.Srid);
        U16(RasterFormat.WidthAt, tiles.Size);
        U16(RasterFormat.HeightAt, tiles.Size);
    }

    /// <summary>The tile's bytes; they hold until the next call.</summary>
    /// <param name="tileRow">0 is the northernmost.</param>
    /// <param name="tileColumn">0 is the westernmost.</param>
    /// <param name="rates">For each of the first bands the mm/h of the whole grid, row-major; NaN where not observed.</param>
    /// <param name="percent">For each further band the per cent of the whole grid, row-major, 255 where nothing can be said.</param>
    public byte[] Write(int tileRow, int tileColumn, ReadOnlySpan<float[]> rates, params ReadOnlySpan<byte[]> percent)
    {
        F64(RasterFormat.ScaleAt + 16, _tiles.OriginX(tileColumn));
        F64(RasterFormat.ScaleAt + 24, _tiles.OriginY(tileRow));
        var window = _tiles.Window(tileRow, tileColumn);
        var at = RasterFormat.HeaderLength;
        foreach (var band in rates)
            at = WriteRate(at, window, band);
        foreach (var band in percent)
            at = WritePercent(at, window, band);
        System.Diagnostics.Debug.Assert(at == _buffer.Length, "the bands are those that the buffer was made for");
        return _buffer;
    }

    private int WriteRate(int at, (int Column, int Row, int Width, int Height) window, float[] rainRate)
    {
        var header = at;
        BinaryPrimitives.WriteSingleLittleEndian(_buffer.AsSpan(at + 1), RasterFormat.RateNodata);
        at += 5;
        var empty = true;
        for (var row = 0; row < _tiles.Size; row++, at += 4 * _tiles.Size)
        {
            var target = MemoryMarshal.Cast<byte, float>(_buffer.AsSpan(at, 4 * _tiles.Size));
            target.Fill(RasterFormat.RateNodata);
            if (row >= window.Height)
                continue;
            var source = rainRate.AsSpan(((window.Row + row) * _tiles.Grid.Width) + window.Column, window.Width);
            empty &= !ReplaceNaN(source, target);
        }
        _buffer[header] = (byte)(RasterFormat.HasNodata | RasterFormat.Float32 | (empty ? RasterFormat.AllNodata : 0));
        return at;
    }

    /// <summary>Copies, with nodata for NaN; true where any value was a number.</summary>
    private static bool ReplaceNaN(ReadOnlySpan<float> source, Span<float> target)
    {
        var any = false;
        var i = 0;
        var nodata = new Vector<float>(RasterFormat.RateNodata);
        for (; i <= source.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var values = new Vector<float>(source[i..]);
            var isNumber = Vector.Equals(values, values);
            any |= !Vector.EqualsAll(isNumber, Vector<int>.Zero);
            Vector.ConditionalSelect(isNumber, values, nodata).CopyTo(target[i..]);
        }
        for (; i < source.Length; i++)
        {
            if (float.IsNaN(source[i]))
                continue;
            target[i] = source[i];
            any = true;
        }
        return any;
    }

    private int WritePercent(int at, (int Column, int Row, int Width, int Height) window, byte[] percent)
    {
        _buffer[at] = RasterFormat.HasNodata | RasterFormat.Unsigned8;
        _buffer[at + 1] = RasterFormat.PercentNodata;
        at += 2;
        for (var row = 0; row < _tiles.Size; row++, at += _tiles.Size)
        {
            var target = _buffer.AsSpan(at, _tiles.Size);
            target.Fill(RasterFormat.PercentNodata);
            if (row < window.Height)
                percent.AsSpan(((window.Row + row) * _tiles.Grid.Width) + window.Column, window.Width).CopyTo(target);
        }
        return at;
    }

    private void U16(int at, int value) => BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(at), checked((ushort)value));

    private void F64(int at, double value) => BinaryPrimitives.WriteDoubleLittleEndian(_buffer.AsSpan(at), value);
}
