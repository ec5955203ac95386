namespace ConvLstm.Nowcast.Ingest.Projection;

/// <summary>Finds pixels by longitude and latitude and the other way round. Made once for a grid; safe from several threads.</summary>
public sealed class GridLocator : IDisposable
{
    private readonly ProjTransform _transform;

    /// <exception cref="FormatException">PROJ does not know the grid's projection.</exception>
    public GridLocator(RadarGrid grid)
    {
        ArgumentNullException.ThrowIfNull(grid);
        Grid = grid;
        _transform = new ProjTransform(grid.Proj);
    }

    public RadarGrid Grid { get; }

    /// <summary>Column and row, whole numbers at pixel centres; NaN where the projection has no such point.</summary>
    public (double Column, double Row) FractionalPixel(double longitude, double latitude)
    {
        if (Grid.IsGeographic)
            longitude = Grid.OriginX + Modulo(longitude - Grid.OriginX, 360);
        var (x, y) = _transform.ToProjection(longitude, latitude);
        return (((x - Grid.OriginX) / Grid.PixelX) - 0.5, ((Grid.OriginY - y) / Grid.PixelY) - 0.5);
    }

    /// <summary>The pixel that holds a point; null where it lies outside the grid.</summary>
    public (int Column, int Row)? PixelAt(double longitude, double latitude)
    {
        var (column, row) = FractionalPixel(longitude, latitude);
        var (i, j) = (Math.Floor(column + 0.5), Math.Floor(row + 0.5));
        return i >= 0 && i < Grid.Width && j >= 0 && j < Grid.Height ? ((int)i, (int)j) : null;
    }

    /// <summary>Longitude and latitude of a place in pixel coordinates; (0, 0) is the centre of the upper-left pixel.</summary>
    public (double Longitude, double Latitude) LonLat(double column, double row) =>
        _transform.ToLonLat(Grid.OriginX + ((column + 0.5) * Grid.PixelX), Grid.OriginY - ((row + 0.5) * Grid.PixelY));

    public void Dispose() => _transform.Dispose();

    private static double Modulo(double value, double period) => value - (period * Math.Floor(value / period));
}
