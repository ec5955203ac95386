using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Storage.Rasters;

/// <summary>Reads the bands of a tile into the fields of the whole grid.</summary>
internal static class RasterReader
{
    /// <summary>Puts the tile's rain rates in their place.</summary>
    /// <param name="wkb">The tile.</param>
    /// <param name="tiles">The grid's tiles.</param>
    /// <param name="tileRow">0 is the northernmost.</param>
    /// <param name="tileColumn">0 is the westernmost.</param>
    /// <param name="rainRate">mm/h of the whole grid, row-major; becomes NaN where the tile has nodata.</param>
    public static void ReadRate(ReadOnlySpan<byte> wkb, TileLayout tiles, int tileRow, int tileColumn, float[] rainRate) =>
        ReadRate(wkb, tiles, tileRow, tileColumn, RateAt(wkb, tiles), rainRate);

    /// <summary>Puts the tile's mean rates in their place; where a tile of an earlier version has none, its rates.</summary>
    public static void ReadMean(ReadOnlySpan<byte> wkb, TileLayout tiles, int tileRow, int tileColumn, float[] mean) =>
        ReadRate(wkb, tiles, tileRow, tileColumn, MeanAt(wkb, tiles), mean);

    private static void ReadRate(ReadOnlySpan<byte> wkb, TileLayout tiles, int tileRow, int tileColumn, int at, float[] rainRate)
    {
        var pixels = MemoryMarshal.Cast<byte, float>(wkb.Slice(at + 5, 4 * tiles.Size * tiles.Size));
        var window = tiles.Window(tileRow, tileColumn);
        for (var row = 0; row < window.Height; row++)
        {
            var source = pixels.Slice(row * tiles.Size, window.Width);
            var target = rainRate.AsSpan(((window.Row + row) * tiles.Grid.Width) + window.Column, window.Width);
            for (var i = 0; i < source.Length; i++)
                target[i] = source[i] == RasterFormat.RateNodata ? float.NaN : source[i];
        }
    }

    /// <summary>Puts the tile's probabilities, 0 to 1, in their place; NaN where it has nodata.</summary>
    /// <param name="wkb">The tile.</param>
    /// <param name="tiles">The grid's tiles.</param>
    /// <param name="tileRow">0 is the northernmost.</param>
    /// <param name="tileColumn">0 is the westernmost.</param>
    /// <param name="index">Which probability, from 0.</param>
    /// <param name="probability">Of the whole grid, row-major.</param>
    public static void ReadProbability(
        ReadOnlySpan<byte> wkb, TileLayout tiles, int tileRow, int tileColumn, int index, float[] probability)
    {
        var pixelCount = tiles.Size * tiles.Size;
        var at = PercentAt(wkb, tiles) + (index * (2 + pixelCount));
        if ((wkb[at] & RasterFormat.PixelTypeMask) != RasterFormat.Unsigned8)
            throw new InvalidDataException($"The band of probability {index + 1} is not of type 8BUI.");
        var pixels = wkb.Slice(at + 2, pixelCount);
        var window = tiles.Window(tileRow, tileColumn);
        for (var row = 0; row < window.Height; row++)
        {
            var target = probability.AsSpan(((window.Row + row) * tiles.Grid.Width) + window.Column, window.Width);
            for (var i = 0; i < target.Length; i++)
            {
                var percent = pixels[(row * tiles.Size) + i];
                target[i] = percent == RasterFormat.PercentNodata ? float.NaN : percent / 100f;
            }
        }
    }

    /// <summary>The position of the band of rates.</summary>
    internal static int RateAt(ReadOnlySpan<byte> wkb, TileLayout tiles)
    {
        var at = CheckHeader(wkb, tiles);
        if ((wkb[at] & RasterFormat.PixelTypeMask) != RasterFormat.Float32)
            throw new InvalidDataException("Band 1 is not of type 32BF.");
        return at;
    }

    /// <summary>The position of the band of means; that of the rates where there is none.</summary>
    internal static int MeanAt(ReadOnlySpan<byte> wkb, TileLayout tiles)
    {
        var (at, next) = (RateAt(wkb, tiles), AfterRate(RateAt(wkb, tiles), tiles));
        return HasMean(wkb, next) ? next : at;
    }

    /// <summary>The position of the first band of probabilities.</summary>
    internal static int PercentAt(ReadOnlySpan<byte> wkb, TileLayout tiles)
    {
        var next = AfterRate(RateAt(wkb, tiles), tiles);
        return HasMean(wkb, next) ? AfterRate(next, tiles) : next;
    }

    /// <summary>How long a tile of so many probabilities is at most.</summary>
    internal static int Longest(TileLayout tiles, int probabilities) =>
        AfterRate(AfterRate(RasterFormat.HeaderLength, tiles), tiles) + (probabilities * (2 + (tiles.Size * tiles.Size)));

    private static int AfterRate(int at, TileLayout tiles) => at + 5 + (4 * tiles.Size * tiles.Size);

    private static bool HasMean(ReadOnlySpan<byte> wkb, int at) =>
        at < wkb.Length && (wkb[at] & RasterFormat.PixelTypeMask) == RasterFormat.Float32;

    /// <summary>The first band's position.</summary>
    private static int CheckHeader(ReadOnlySpan<byte> wkb, TileLayout tiles)
    {
        if (wkb.Length < RasterFormat.HeaderLength || wkb[0] != RasterFormat.LittleEndian)
            throw new InvalidDataException("Not the little-endian binary form of a raster.");
        var width = BinaryPrimitives.ReadUInt16LittleEndian(wkb[RasterFormat.WidthAt..]);
        var height = BinaryPrimitives.ReadUInt16LittleEndian(wkb[RasterFormat.HeightAt..]);
        if (width != tiles.Size || height != tiles.Size)
            throw new InvalidDataException($"A tile of {width}×{height} pixels where {tiles.Size}×{tiles.Size} were stored.");
        return RasterFormat.HeaderLength;
    }
}
