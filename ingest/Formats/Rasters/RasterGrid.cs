using ConvLstm.Nowcast.Ingest.Gdal;
using ConvLstm.Nowcast.Ingest.Projection;

namespace ConvLstm.Nowcast.Ingest.Formats.Rasters;

/// <summary>The grid of a raster: from its own projection and transform, or from the source profile.</summary>
internal static class RasterGrid
{
    // Longitudes and sizes that were computed are exact to some digits less than they are written with.
    private const int PixelDigits = 6, OriginDigits = 4;

    /// <exception cref="FormatException">It has no place, or lies askew.</exception>
    internal static (RadarGrid Grid, bool SouthFirst, string From) Of(GdalDataset raster, RadarReadOptions options)
    {
        if (options.Grid is { } given)
            return (given.Make(options, raster.Width, raster.Height), false, "the source profile");
        if (raster.GeoTransform is not [var left, var pixelX, var skewX, var top, var skewY, var pixelY])
            throw new FormatException("nothing says where its pixels lie; a source profile can ('grid')");
        if (skewX != 0 || skewY != 0)
            throw new FormatException("it lies askew on its projection; regrid it (gdalwarp)");
        var text = options.Projection ?? raster.Projection;
        if (text.Length == 0)
            throw new FormatException("it has coordinates and no projection; a source profile can name it ('projection')");
        var proj = ProjString.Parse(text);
        var unit = proj.IsGeographic ? 1 : proj.AxisMetres;
        var (width, height) = (Grids.Length(raster.Width), Grids.Length(raster.Height));
        var (sizeX, sizeY) = (Size(pixelX * unit), Size(Math.Abs(pixelY) * unit));
        var west = proj.IsGeographic && left >= 180 ? left - 360 : left * unit;
        var north = (pixelY < 0 ? top : top + (height * pixelY)) * unit;
        var grid = Grids.Make(options, proj, width, height, sizeX, sizeY, Origin(west, sizeX), Origin(north, sizeY));
        return (grid, pixelY > 0, "the transform and projection of the raster");
    }

    private static double Size(double size) => size > 0 && double.IsFinite(size)
        ? RegularAxis.Round(size, size, PixelDigits)
        : throw new FormatException($"its pixels are {size} wide or high");

    private static double Origin(double value, double size) => RegularAxis.Round(value, size, OriginDigits);
}
