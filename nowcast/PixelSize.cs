using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast;

/// <summary>The size of a pixel on the ground.</summary>
public static class PixelSize
{
    private const double KilometresPerDegree = 111.195;

    /// <summary>The extent of a pixel in km; of a geographic grid that at its middle latitude, on a sphere of 6371 km.</summary>
    public static (double Column, double Row) Kilometres(RadarGrid grid)
    {
        ArgumentNullException.ThrowIfNull(grid);
        if (!grid.IsGeographic)
            return (grid.PixelX / 1000, grid.PixelY / 1000);
        var latitude = double.DegreesToRadians(grid.CentreY(grid.Height / 2));
        return (grid.PixelX * KilometresPerDegree * Math.Max(0.1, Math.Cos(latitude)), grid.PixelY * KilometresPerDegree);
    }

    /// <summary>The side in km of a square pixel of the same area.</summary>
    public static double SideKilometres(RadarGrid grid)
    {
        var (column, row) = Kilometres(grid);
        return Math.Sqrt(column * row);
    }
}
