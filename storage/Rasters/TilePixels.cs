namespace ConvLstm.Nowcast.Storage.Rasters;

/// <summary>From pixels as a tile has them to those of a field in memory, as many.</summary>
internal delegate void PixelConversion<TStored, TPixel>(ReadOnlySpan<TStored> stored, Span<TPixel> pixels);

/// <summary>The pixels of a tile and their place in the field of the whole grid.</summary>
/// <param name="pixels">Row by row from the north.</param>
/// <param name="tiles">The grid's tiles.</param>
/// <param name="tileRow">0 is the northernmost.</param>
/// <param name="tileColumn">0 is the westernmost.</param>
internal readonly ref struct TilePixels<TStored>(ReadOnlySpan<TStored> pixels, TileLayout tiles, int tileRow, int tileColumn)
{
    private readonly ReadOnlySpan<TStored> _pixels = pixels;

    /// <param name="field">Of the whole grid, row-major.</param>
    /// <param name="convert">Called for each row of the tile that lies in the grid.</param>
    internal void PutInto<TPixel>(TPixel[] field, PixelConversion<TStored, TPixel> convert)
    {
        var window = tiles.Window(tileRow, tileColumn);
        for (var row = 0; row < window.Height; row++)
        {
            convert(_pixels.Slice(row * tiles.Size, window.Width),
                field.AsSpan(((window.Row + row) * tiles.Grid.Width) + window.Column, window.Width));
        }
    }
}
