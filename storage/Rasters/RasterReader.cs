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
        new TilePixels<float>(Rates(wkb, tiles), tiles, tileRow, tileColumn).PutInto(rainRate, ToMmH);

    /// <summary>Puts the tile's mean rates in their place; where a tile of an earlier version has none, its rates.</summary>
    public static void ReadMean(ReadOnlySpan<byte> wkb, TileLayout tiles, int tileRow, int tileColumn, float[] mean) =>
        new TilePixels<float>(Means(wkb, tiles), tiles, tileRow, tileColumn).PutInto(mean, ToMmH);

    /// <summary>Puts the tile's probabilities, 0 to 1, in their place; NaN where it has nodata.</summary>
    /// <param name="wkb">The tile.</param>
    /// <param name="tiles">The grid's tiles.</param>
    /// <param name="tileRow">0 is the northernmost.</param>
    /// <param name="tileColumn">0 is the westernmost.</param>
    /// <param name="index">Which probability, from 0.</param>
    /// <param name="probability">Of the whole grid, row-major.</param>
    public static void ReadProbability(
        ReadOnlySpan<byte> wkb, TileLayout tiles, int tileRow, int tileColumn, int index, float[] probability) =>
        new TilePixels<byte>(Percent(wkb, tiles, index), tiles, tileRow, tileColumn).PutInto(probability, ToShare);

    /// <summary>The tile's rain rates, mm/h.</summary>
    internal static ReadOnlySpan<float> Rates(ReadOnlySpan<byte> wkb, TileLayout tiles) => Floats(wkb, tiles, RateAt(wkb, tiles));

    /// <summary>The tile's mean rates, mm/h; where a tile of an earlier version has none, its rates.</summary>
    internal static ReadOnlySpan<float> Means(ReadOnlySpan<byte> wkb, TileLayout tiles) => Floats(wkb, tiles, MeanAt(wkb, tiles));

    /// <summary>One of the tile's probabilities, counted from 0, in per cent.</summary>
    internal static ReadOnlySpan<byte> Percent(ReadOnlySpan<byte> wkb, TileLayout tiles, int index)
    {
        var pixels = tiles.Size * tiles.Size;
        var at = PercentAt(wkb, tiles) + (index * (2 + pixels));
        if ((wkb[at] & RasterFormat.PixelTypeMask) != RasterFormat.Unsigned8)
            throw new InvalidDataException($"The band of probability {index + 1} is not of type 8BUI.");
        return wkb.Slice(at + 2, pixels);
    }

    private static ReadOnlySpan<float> Floats(ReadOnlySpan<byte> wkb, TileLayout tiles, int at) =>
        MemoryMarshal.Cast<byte, float>(wkb.Slice(at + 5, 4 * tiles.Size * tiles.Size));

    /// <summary>The position of the band of rates.</summary>
    private static int RateAt(ReadOnlySpan<byte> wkb, TileLayout tiles)
    {
        var at = CheckHeader(wkb, tiles);
        if ((wkb[at] & RasterFormat.PixelTypeMask) != RasterFormat.Float32)
            throw new InvalidDataException("Band 1 is not of type 32BF.");
        return at;
    }

    /// <summary>The position of the band of means; that of the rates where there is none.</summary>
    private static int MeanAt(ReadOnlySpan<byte> wkb, TileLayout tiles)
    {
        var (at, next) = (RateAt(wkb, tiles), AfterRate(RateAt(wkb, tiles), tiles));
        return HasMean(wkb, next) ? next : at;
    }

    /// <summary>The position of the first band of probabilities.</summary>
    private static int PercentAt(ReadOnlySpan<byte> wkb, TileLayout tiles)
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

    private static void ToMmH(ReadOnlySpan<float> stored, Span<float> rates)
    {
        for (var i = 0; i < stored.Length; i++)
            rates[i] = stored[i] == RasterFormat.RateNodata ? float.NaN : stored[i];
    }

    private static void ToShare(ReadOnlySpan<byte> stored, Span<float> probabilities)
    {
        for (var i = 0; i < stored.Length; i++)
            probabilities[i] = stored[i] == RasterFormat.PercentNodata ? float.NaN : stored[i] / 100f;
    }
}
