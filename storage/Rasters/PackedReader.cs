using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Storage.Rasters;

/// <summary>Reads the bands of a tile into small integers, a third of the memory of floats.</summary>
internal static class PackedReader
{
    /// <summary>Puts the tile's rain rates in their place, in hundredths of mm/h.</summary>
    /// <param name="wkb">The tile.</param>
    /// <param name="tiles">The grid's tiles.</param>
    /// <param name="tileRow">0 is the northernmost.</param>
    /// <param name="tileColumn">0 is the westernmost.</param>
    /// <param name="rates">Of the whole grid, row-major; becomes <see cref="ushort.MaxValue"/> where the tile has nodata.</param>
    public static void ReadRate(ReadOnlySpan<byte> wkb, TileLayout tiles, int tileRow, int tileColumn, ushort[] rates) =>
        ReadRate(wkb, tiles, tileRow, tileColumn, RasterReader.RateAt(wkb, tiles), rates);

    /// <summary>
    /// Puts the tile's mean rates in their place, as <see cref="ReadRate(ReadOnlySpan{byte}, TileLayout, int, int, ushort[])"/> does
    /// rates.
    /// </summary>
    public static void ReadMean(ReadOnlySpan<byte> wkb, TileLayout tiles, int tileRow, int tileColumn, ushort[] means) =>
        ReadRate(wkb, tiles, tileRow, tileColumn, RasterReader.MeanAt(wkb, tiles), means);

    private static void ReadRate(ReadOnlySpan<byte> wkb, TileLayout tiles, int tileRow, int tileColumn, int at, ushort[] rates)
    {
        var pixels = MemoryMarshal.Cast<byte, float>(wkb.Slice(at + 5, 4 * tiles.Size * tiles.Size));
        var window = tiles.Window(tileRow, tileColumn);
        for (var row = 0; row < window.Height; row++)
        {
            var source = pixels.Slice(row * tiles.Size, window.Width);
            var target = rates.AsSpan(((window.Row + row) * tiles.Grid.Width) + window.Column, window.Width);
            for (var i = 0; i < source.Length; i++)
            {
                target[i] = source[i] == RasterFormat.RateNodata
                    ? ushort.MaxValue
                    : (ushort)MathF.Min((source[i] * 100) + 0.5f, ushort.MaxValue - 1);
            }
        }
    }

    /// <summary>Puts the tile's probabilities in their place, in per cent; 255 where it has nodata.</summary>
    /// <param name="wkb">The tile.</param>
    /// <param name="tiles">The grid's tiles.</param>
    /// <param name="tileRow">0 is the northernmost.</param>
    /// <param name="tileColumn">0 is the westernmost.</param>
    /// <param name="index">Which probability, from 0.</param>
    /// <param name="percent">Of the whole grid, row-major.</param>
    public static void ReadPercent(ReadOnlySpan<byte> wkb, TileLayout tiles, int tileRow, int tileColumn, int index, byte[] percent)
    {
        var pixelCount = tiles.Size * tiles.Size;
        var at = RasterReader.PercentAt(wkb, tiles) + (index * (2 + pixelCount));
        if ((wkb[at] & RasterFormat.PixelTypeMask) != RasterFormat.Unsigned8)
            throw new InvalidDataException($"The band of probability {index + 1} is not of type 8BUI.");
        var pixels = wkb.Slice(at + 2, pixelCount);
        var window = tiles.Window(tileRow, tileColumn);
        for (var row = 0; row < window.Height; row++)
        {
            pixels.Slice(row * tiles.Size, window.Width).CopyTo(
                percent.AsSpan(((window.Row + row) * tiles.Grid.Width) + window.Column, window.Width));
        }
    }
}
