using ConvLstm.Nowcast.Ingest.Projection;

namespace ConvLstm.Nowcast.Ingest.Formats.Radolan;

/// <summary>
/// The grids of the composites, all on one polar stereographic projection through 60° N and 10° E, on a sphere or on WGS 84:
/// "Radarkomposits - Projektionen
/// und Gitter", version 1.01 (Deutscher Wetterdienst, 2022). A grid is known by its rows and columns; false easting and northing put the
/// origin on the centre
/// of its first pixel, as the services' HDF5 files have it.
/// </summary>
internal static class RadolanGrid
{
    private const int FirstOnWgs84 = 5;

    // Of the 1200 × 1100 composite, from which the others lie a whole number of kilometres away.
    private const double SphereX = 542962.166921856585, SphereY = 3609144.7242655745;
    private const double Wgs84X = 543196.83521776402, Wgs84Y = 3622588.8619310018;
    private const double West = 470, North = 600;

    // West of and south of 9° E 51° N in km, and the pixel in km.
    private static readonly Dictionary<(int Rows, int Columns), (double West, double South, double Pixel)> Known = new()
    {
        [(450, 450)] = (450, 450, 2),
        [(460, 460)] = (460, 460, 2),
        [(900, 900)] = (450, 450, 1),
        [(1100, 900)] = (370, 550, 1),
        [(1200, 1100)] = (470, 600, 1),
        [(1500, 1400)] = (600, 800, 1),
        [(4800, 4400)] = (470, 600, 0.25),
    };

    /// <exception cref="FormatException">No composite has such a grid.</exception>
    internal static RadarGrid Of(RadolanHeader header, RadarReadOptions options)
    {
        if (!Known.TryGetValue((header.Rows, header.Columns), out var grid))
        {
            throw new FormatException(
                $"{header.Rows} × {header.Columns} pixels are none of the grids that are known "
                    + $"({string.Join(", ", Known.Keys.Select(k => $"{k.Rows} × {k.Columns}"))})");
        }
        var isWgs84 = header.FormatVersion >= FirstOnWgs84;
        var (x, y) = isWgs84 ? (Wgs84X, Wgs84Y) : (SphereX, SphereY);
        var north = (header.Rows * grid.Pixel) - grid.South;
        // From edge to edge, and then half of either pixel to the centres.
        var (falseEasting, falseNorthing) = (x + (1000 * (grid.West - West)) + (500 * (1 - grid.Pixel)),
            y - (1000 * (north - North)) - (500 * (1 - grid.Pixel)));
        var earth = isWgs84 ? "+a=6378137 +b=6356752.3142451802" : "+R=6370040";
        var proj = FormattableString.Invariant(
            $"+proj=stere +lat_0=90 +lat_ts=60 +lon_0=10 +x_0={falseEasting:R} +y_0={falseNorthing:R} {earth} +units=m");
        var pixel = 1000 * grid.Pixel;
        return Grids.Make(options, ProjString.Parse(proj), header.Columns, header.Rows, pixel, pixel, -pixel / 2, pixel / 2);
    }
}
