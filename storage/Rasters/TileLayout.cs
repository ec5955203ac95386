using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Storage.Rasters;

/// <summary>How a grid is cut into square tiles; those at the right and lower edge reach beyond it.</summary>
internal sealed record TileLayout(RadarGrid Grid, int Srid, int Size)
{
    public int Across { get; } = (Grid.Width + Size - 1) / Size;

    public int Down { get; } = (Grid.Height + Size - 1) / Size;

    public int Count => Across * Down;

    /// <summary>The first column of a tile, the first row, and how many of its columns and rows lie in the grid.</summary>
    public (int Column, int Row, int Width, int Height) Window(int tileRow, int tileColumn)
    {
        var column = tileColumn * Size;
        var row = tileRow * Size;
        return (column, row, Math.Min(Size, Grid.Width - column), Math.Min(Size, Grid.Height - row));
    }

    /// <summary>x of the outer corner of a tile's upper-left pixel.</summary>
    public double OriginX(int tileColumn) => Grid.OriginX + (tileColumn * Size * Grid.PixelX);

    /// <summary>y of the outer corner of a tile's upper-left pixel.</summary>
    public double OriginY(int tileRow) => Grid.OriginY - (tileRow * Size * Grid.PixelY);
}
