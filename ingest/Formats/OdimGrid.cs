using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Ingest.Projection;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>The grid of an ODIM composite: projdef, size, scale, and corners in degrees (table 4 of the specification).</summary>
internal static class OdimGrid
{
    // Corners are often written with three or four decimals, so they are off by up to a hundred metres and are averaged.
    private const double LargestDisagreement = 0.5;

    internal static RadarGrid Read(IReadOnlyList<NetCdfGroup> chain, RadarReadOptions options)
    {
        double Needed(string name) => OdimH5Format.Number(chain, "where", name) ?? throw new FormatException($"where has no {name}");
        var text = options.Projection ?? OdimH5Format.Text(chain, "where", "projdef") ?? throw new FormatException("where has no projdef");
        var proj = ProjString.Parse(text);
        var (width, height) = (Grids.Length(Needed("xsize")), Grids.Length(Needed("ysize")));
        var (pixelX, pixelY) = (Needed("xscale"), Needed("yscale"));
        using var transform = new ProjTransform(proj.ToString());
        double sumX = 0, sumY = 0, lowX = double.MaxValue, highX = double.MinValue, lowY = double.MaxValue, highY = double.MinValue;
        foreach (var (corner, columns, rows) in ((string, int, int)[])[("UL", 0, 0), ("UR", width, 0), ("LL", 0, height), ("LR", width, height)])
        {
            var (x, y) = transform.ToProjection(Needed(corner + "_lon"), Needed(corner + "_lat"));
            var (originX, originY) = (x - (columns * pixelX), y + (rows * pixelY));
            (sumX, sumY) = (sumX + originX, sumY + originY);
            (lowX, highX) = (Math.Min(lowX, originX), Math.Max(highX, originX));
            (lowY, highY) = (Math.Min(lowY, originY), Math.Max(highY, originY));
        }
        if (!(highX - lowX < LargestDisagreement * pixelX * 2) || !(highY - lowY < LargestDisagreement * pixelY * 2))
            throw new FormatException("its corners do not fit its projection, size and scale");
        return Grids.Make(options, proj, width, height, pixelX, pixelY,
            RegularAxis.Round(sumX / 4, pixelX, 3), RegularAxis.Round(sumY / 4, pixelY, 3));
    }
}
