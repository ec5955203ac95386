using ConvLstm.Nowcast.Ingest.Projection;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>Makes the grid of a file, with a name and within what memory can hold.</summary>
internal static class Grids
{
    // The European composite at 1 km has 16 million pixels. A file that claims ten times that is damaged or made to do harm.
    private const double MostPixels = 160e6;

    /// <exception cref="FormatException">The number is no length of a grid's side.</exception>
    internal static int Length(double value) =>
        value is >= 2 and <= MostPixels && value == Math.Floor(value) ? (int)value
            : throw new FormatException($"a grid cannot be {value} pixels wide or high");

    /// <exception cref="FormatException">The grid is too large, or a number of it is no number.</exception>
    internal static RadarGrid Make(
        RadarReadOptions options, ProjString proj, int width, int height, double pixelX, double pixelY, double originX, double originY)
    {
        if ((double)width * height > MostPixels)
            throw new FormatException($"a grid of {width}×{height} pixels is too large to be a radar composite");
        if (!double.IsFinite(pixelX) || !double.IsFinite(pixelY) || !double.IsFinite(originX) || !double.IsFinite(originY) || pixelX <= 0
            || pixelY <= 0)
            throw new FormatException($"its pixels of {pixelX}×{pixelY} from {originX}, {originY} make no grid");
        return new RadarGrid(
            (options.GridName ?? GridNames.For(width, height, proj, pixelX, pixelY, originX, originY)) + (options.Product is { } product
                ? $"-{product}" : ""),
            width, height, proj.ToString(), pixelX, pixelY, originX, originY);
    }
}
