namespace ConvLstm.Nowcast.Jobs.Web.Cache;

/// <summary>Where on Earth a grid lies.</summary>
internal static class GridOutline
{
    /// <summary>west, south, east, north of the grid's outline.</summary>
    internal static double[] LonLatBox(CachedGrid cached)
    {
        const int Pieces = 32;
        var (west, south, east, north) = (180.0, 90.0, -180.0, -90.0);
        var grid = cached.Grid;
        for (var i = 0; i <= Pieces; i++)
        {
            var (x, y) = ((grid.Width * (double)i / Pieces) - 0.5, (grid.Height * (double)i / Pieces) - 0.5);
            foreach (var (lon, lat) in new[] { cached.Locator.LonLat(x, -0.5), cached.Locator.LonLat(x, grid.Height - 0.5),
                cached.Locator.LonLat(-0.5, y), cached.Locator.LonLat(grid.Width - 0.5, y) })
            {
                if (double.IsNaN(lon))
                    continue;
                (west, east) = (Math.Min(west, lon), Math.Max(east, lon));
                (south, north) = (Math.Min(south, lat), Math.Max(north, lat));
            }
        }
        return [west, south, east, north];
    }
}
