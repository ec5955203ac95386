using ConvLstm.Nowcast.Ingest.Projection;

namespace ConvLstm.Nowcast.Ingest.Formats.Sources;

/// <summary>Where the pixels of a source lie whose files do not say it.</summary>
/// <param name="Proj">Proj text, WKT, or a name such as <c>EPSG:2056</c>.</param>
/// <param name="Left">x of the outer edge of the first column, in the projection's metres or in degrees.</param>
/// <param name="Top">y of the outer edge of the first row.</param>
/// <param name="PixelX">Metres or degrees.</param>
/// <param name="PixelY">Metres or degrees; as <paramref name="PixelX"/> where null.</param>
public sealed record SourceGrid(string Proj, double Left, double Top, double PixelX, double? PixelY = null)
{
    /// <exception cref="FormatException">PROJ does not know the projection, or the numbers make no grid.</exception>
    internal RadarGrid Make(RadarReadOptions options, int width, int height) =>
        Grids.Make(options, ProjString.Parse(Proj), Grids.Length(width), Grids.Length(height), PixelX, PixelY ?? PixelX, Left, Top);
}
