using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Ingest.Projection;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>
/// The grid of an ODIM composite: projdef, size, scale, and corners in degrees (table 4 of the specification). Corners and scale that
/// agree to half a pixel give the place by the corners and the pixel by the scale. Where they do not the corners win, as they are what
/// other programs place the picture by: outer edges where their distance is nearer to all of the pixels, pixel centres where it is one
/// pixel less.
/// </summary>
internal static class OdimGrid
{
    // Corners are often written with three or four decimals, so they are off by up to a hundred metres and are averaged.
    private const double LargestDisagreement = 0.5;

    // Pixels: what corners of four decimals may differ by, and a little more.
    private const double WellDefined = 0.03;

    // A scale that is further off than this is not rounded but another one.
    private const double LargestStretch = 0.02;

    internal static (RadarGrid Grid, string From) Read(IReadOnlyList<NetCdfGroup> chain, RadarReadOptions options)
    {
        double Needed(string name) => OdimH5Format.Number(chain, "where", name) ?? throw new FormatException($"where has no {name}");
        var text = options.Projection ?? OdimH5Format.Text(chain, "where", "projdef") ?? throw new FormatException("where has no projdef");
        var proj = ProjString.Parse(text);
        var (width, height) = (Grids.Length(Needed("xsize")), Grids.Length(Needed("ysize")));
        var (pixelX, pixelY) = (Needed("xscale"), Needed("yscale"));
        var corners = Corners(chain, proj, width, height, pixelX, pixelY);
        if (corners.Count == 0)
        {
            // Beside the specification, in the projection itself (Royal Meteorological Institute of Belgium).
            return (Grids.Make(options, proj, width, height, pixelX, pixelY, Needed("UL_x"), Needed("UL_y")),
                "UL_x, UL_y, scale and projdef");
        }
        foreach (var unit in (ReadOnlySpan<double>)[1, 1000])
        {
            var (x, y) = (pixelX * unit, pixelY * unit);
            var (originsX, originsY) = Origins(corners, x, y);
            if (Spread(originsX) < LargestDisagreement * x * 2 && Spread(originsY) < LargestDisagreement * y * 2)
            {
                return (Grids.Make(options, proj, width, height, x, y, Origin(originsX, x), Origin(originsY, y)),
                    unit == 1 ? "corners, scale and projdef" : "corners, scale in km and projdef");
            }
        }
        var (left, sizeX) = Side(corners.Where(c => c.Columns == 0).Select(c => c.X), corners.Where(c => c.Columns > 0).Select(c => c.X),
            width, pixelX);
        var (low, sizeY) = Side(corners.Where(c => c.Rows > 0).Select(c => c.Y), corners.Where(c => c.Rows == 0).Select(c => c.Y), height,
            pixelY);
        return (Grids.Make(options, proj, width, height, RegularAxis.Round(sizeX, sizeX, 6), RegularAxis.Round(sizeY, sizeY, 6),
            RegularAxis.Round(left, sizeX, 3), RegularAxis.Round(low + (height * sizeY), sizeY, 3)),
                "corners and projdef, from which the scale differs");
    }

    // Degrees on WGS 84, as the specification has them, or on the projection's own datum, where they fit so and otherwise do not.
    private static List<(double X, double Y, int Columns, int Rows)> Corners(
        IReadOnlyList<NetCdfGroup> chain, ProjString proj, int width, int height, double pixelX, double pixelY)
    {
        var shifted = Corners(chain, proj, width, height);
        if (!proj.Has("towgs84") || shifted.Count < 3)
            return shifted;
        var own = Corners(chain, proj.WithoutDatumShift(), width, height);
        return Misfit(own) < 0.8 * Misfit(shifted) ? own : shifted;

        double Misfit(List<(double X, double Y, int Columns, int Rows)> corners) => ((ReadOnlySpan<double>)[1, 1000]).ToArray().Min(unit =>
            Origins(corners, pixelX * unit, pixelY * unit) is var (x, y) && Spread(x) + Spread(y) is var sum
                && sum > WellDefined * (pixelX + pixelY) * unit ? sum : 0);
    }

    private static (List<double> X, List<double> Y) Origins(List<(double X, double Y, int Columns, int Rows)> corners, double pixelX,
        double pixelY) =>
        (corners.ConvertAll(c => c.X - (c.Columns * pixelX)), corners.ConvertAll(c => c.Y + (c.Rows * pixelY)));

    private static double Spread(List<double> values) => values.Max() - values.Min();

    // Corners that disagree by more than their decimals explain are replaced by the whole number of pixels that lies among them.
    private static double Origin(List<double> origins, double pixel)
    {
        var (mean, spread) = (origins.Average(), Spread(origins));
        var whole = Math.Round(mean / pixel) * pixel;
        return RegularAxis.Round(spread > WellDefined * pixel && Math.Abs(whole - mean) <= spread ? whole : mean, pixel, 3);
    }

    private static List<(double X, double Y, int Columns, int Rows)> Corners(IReadOnlyList<NetCdfGroup> chain, ProjString proj, int width,
        int height)
    {
        using var transform = new ProjTransform(proj.ToString());
        var found = new List<(double, double, int, int)>();
        foreach (var (corner, columns, rows) in ((string, int, int)[])[("UL", 0, 0), ("UR", width, 0), ("LL", 0, height),
            ("LR", width, height)])
        {
            if (OdimH5Format.Number(chain, "where", corner + "_lon") is not { } longitude
                || OdimH5Format.Number(chain, "where", corner + "_lat") is not { } latitude)
                continue;
            var (x, y) = transform.ToProjection(longitude, latitude);
            found.Add((x, y, columns, rows));
        }
        return found;
    }

    /// <summary>The outer edge and the pixel size of one direction, from its two edges.</summary>
    private static (double Low, double Size) Side(IEnumerable<double> lows, IEnumerable<double> highs, int count, double scale)
    {
        var (low, high) = (lows.DefaultIfEmpty(double.NaN).Average(), highs.DefaultIfEmpty(double.NaN).Average());
        var span = high - low;
        var unit = span / count > 500 * scale ? 1000 : 1;
        // The negations also catch NaN, of which no grid can be made.
        if (!(Math.Abs((span / (count * scale * unit)) - 1) <= LargestStretch))
            throw new FormatException("its corners do not fit its projection, size and scale");
        var asCentres = span / (count - 1);
        return Math.Abs(asCentres - (scale * unit)) < 1e-4 * scale * unit ? (low - (asCentres / 2), asCentres) : (low, span / count);
    }
}
