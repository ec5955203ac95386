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
        new TilePixels<float>(RasterReader.Rates(wkb, tiles), tiles, tileRow, tileColumn).PutInto(rates, ToHundredths);

    /// <summary>
    /// Puts the tile's mean rates in their place, as <see cref="ReadRate(ReadOnlySpan{byte}, TileLayout, int, int, ushort[])"/> does
    /// rates.
    /// </summary>
    public static void ReadMean(ReadOnlySpan<byte> wkb, TileLayout tiles, int tileRow, int tileColumn, ushort[] means) =>
        new TilePixels<float>(RasterReader.Means(wkb, tiles), tiles, tileRow, tileColumn).PutInto(means, ToHundredths);

    /// <summary>Puts the tile's probabilities in their place, in per cent; 255 where it has nodata.</summary>
    /// <param name="wkb">The tile.</param>
    /// <param name="tiles">The grid's tiles.</param>
    /// <param name="tileRow">0 is the northernmost.</param>
    /// <param name="tileColumn">0 is the westernmost.</param>
    /// <param name="index">Which probability, from 0.</param>
    /// <param name="percent">Of the whole grid, row-major.</param>
    public static void ReadPercent(ReadOnlySpan<byte> wkb, TileLayout tiles, int tileRow, int tileColumn, int index, byte[] percent) =>
        new TilePixels<byte>(RasterReader.Percent(wkb, tiles, index), tiles, tileRow, tileColumn).PutInto(percent,
            (stored, pixels) => stored.CopyTo(pixels));

    private static void ToHundredths(ReadOnlySpan<float> stored, Span<ushort> rates)
    {
        for (var i = 0; i < stored.Length; i++)
        {
            rates[i] = stored[i] == RasterFormat.RateNodata ? ushort.MaxValue
                : (ushort)MathF.Min((stored[i] * 100) + 0.5f, ushort.MaxValue - 1);
        }
    }
}
