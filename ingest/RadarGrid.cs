namespace ConvLstm.Nowcast.Ingest;

/// <summary>A regular raster on a map projection. Row 0 is north, column 0 is west.</summary>
/// <param name="Name">The name by which people ask for the grid, unique in a database: letters, digits, '-' and '_'.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Proj">PROJ string in metres (degrees for <c>+proj=longlat</c>); the one source of the projection.</param>
/// <param name="PixelX">Column spacing in metres (degrees for lat/lon), positive.</param>
/// <param name="PixelY">Row spacing in metres (degrees for lat/lon), positive; y falls as the row number grows.</param>
/// <param name="OriginX">x of the outer corner of the upper-left pixel.</param>
/// <param name="OriginY">y of the outer corner of the upper-left pixel.</param>
public sealed record RadarGrid(
    string Name, int Width, int Height, string Proj, double PixelX, double PixelY, double OriginX, double OriginY)
{
    /// <summary>The number of pixels, rows times columns.</summary>
    public int PixelCount => checked(Width * Height);

    /// <summary>True where x and y are longitude and latitude in degrees.</summary>
    public bool IsGeographic => Proj.Contains("+proj=longlat", StringComparison.Ordinal)
        || Proj.Contains("+proj=latlong", StringComparison.Ordinal);

    /// <summary>x of the centre of a column.</summary>
    public double CentreX(int column) => OriginX + ((column + 0.5) * PixelX);

    /// <summary>y of the centre of a row.</summary>
    public double CentreY(int row) => OriginY - ((row + 0.5) * PixelY);

    /// <summary>
    /// Same place and shape to a fiftieth of a pixel, whatever the names: such frames fit together. Services round their corners anew
    /// with each version of a composite, which moves them by metres.
    /// </summary>
    public bool CoversTheSame(RadarGrid other) =>
        Width == other.Width && Height == other.Height && Proj == other.Proj
        && Math.Abs(PixelX - other.PixelX) < SameWithin * PixelX / Width
        && Math.Abs(PixelY - other.PixelY) < SameWithin * PixelY / Height
        && Math.Abs(OriginX - other.OriginX) < SameWithin * PixelX
        && Math.Abs(OriginY - other.OriginY) < SameWithin * PixelY;

    // Pixels.
    private const double SameWithin = 0.02;
}
