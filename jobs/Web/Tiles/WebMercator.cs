namespace ConvLstm.Nowcast.Jobs.Web.Tiles;

/// <summary>
/// Web Mercator, EPSG:3857, as maps cut it into tiles of 256 pixels: https://docs.ogc.org/is/17-083r4/17-083r4.html, annex D.1
/// (WebMercatorQuad).
/// </summary>
internal static class WebMercator
{
    internal const int TileSize = 256, HighestZoom = 20;

    /// <summary>Degrees of a place on the map.</summary>
    /// <param name="zoom">2^zoom tiles each way.</param>
    /// <param name="x">In pixels from the date line eastwards.</param>
    /// <param name="y">In pixels from the north southwards.</param>
    internal static (double Lon, double Lat) LonLat(int zoom, double x, double y)
    {
        var world = (double)TileSize * (1L << zoom);
        return ((x / world * 360) - 180, double.RadiansToDegrees(Math.Atan(Math.Sinh(Math.PI * (1 - (2 * y / world))))));
    }
}
