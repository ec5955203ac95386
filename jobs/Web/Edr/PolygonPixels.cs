using ConvLstm.Nowcast.Ingest.Projection;
using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Utilities;

namespace ConvLstm.Nowcast.Jobs.Web.Edr;

/// <summary>The pixels of a grid whose centres lie in a polygon.</summary>
/// <param name="Column">The first column of the window around them.</param>
/// <param name="Row">The first row.</param>
/// <param name="Width">Columns of the window.</param>
/// <param name="Height">Rows of the window.</param>
/// <param name="Inside">Of the window, row-major.</param>
internal sealed record PolygonPixels(int Column, int Row, int Width, int Height, bool[] Inside)
{
    /// <summary>An edge that is straight in degrees is bent on the map: it goes there in pieces.</summary>
    private const int PiecesPerEdge = 16;

    /// <summary>Null where no pixel lies in the polygon.</summary>
    internal static PolygonPixels? Of(GridLocator locator, Geometry area)
    {
        var edges = LinearComponentExtracter.GetLines(area).OfType<LineString>().SelectMany(ring => Edges(locator, ring.Coordinates))
            .ToList();
        if (edges.Any(e => double.IsNaN(e.X1 + e.Y1 + e.X2 + e.Y2)))
            return null;
        var grid = locator.Grid;
        var left = Math.Max(0, (int)Math.Ceiling(Math.Clamp(edges.Min(e => Math.Min(e.X1, e.X2)), 0, grid.Width)));
        var right = (int)Math.Floor(Math.Clamp(edges.Max(e => Math.Max(e.X1, e.X2)), -1, grid.Width - 1));
        var top = Math.Max(0, (int)Math.Ceiling(Math.Clamp(edges.Min(e => Math.Min(e.Y1, e.Y2)), 0, grid.Height)));
        var bottom = (int)Math.Floor(Math.Clamp(edges.Max(e => Math.Max(e.Y1, e.Y2)), -1, grid.Height - 1));
        if (left > right || top > bottom)
            return null;
        var window = new PolygonPixels(left, top, right - left + 1, bottom - top + 1, new bool[(right - left + 1) * (bottom - top + 1)]);
        for (var row = 0; row < window.Height; row++)
            window.FillRow(row, edges);
        return window.Inside.Contains(true) ? window : null;
    }

    /// <summary>Even-odd: between the first and second crossing of the row, the third and fourth …</summary>
    private void FillRow(int row, List<(double X1, double Y1, double X2, double Y2)> edges)
    {
        var y = Row + row;
        double[] crossings = [.. edges.Where(e => e.Y1 <= y != e.Y2 <= y).Select(e => e.X1 + ((y - e.Y1) / (e.Y2 - e.Y1) * (e.X2 - e.X1)))
            .Order()];
        for (var i = 0; i + 1 < crossings.Length; i += 2)
        {
            var last = Math.Min(Width - 1, (int)Math.Clamp(Math.Floor(crossings[i + 1]) - Column, -1, Width));
            for (var column = (int)Math.Clamp(Math.Ceiling(crossings[i]) - Column, 0, Width); column <= last; column++)
                Inside[(row * Width) + column] = true;
        }
    }

    private static IEnumerable<(double X1, double Y1, double X2, double Y2)> Edges(GridLocator locator, Coordinate[] ring)
    {
        var from = locator.FractionalPixel(ring[0].X, ring[0].Y);
        for (var i = 1; i < ring.Length; i++)
        {
            for (var piece = 1; piece <= PiecesPerEdge; piece++)
            {
                var share = (double)piece / PiecesPerEdge;
                var to = locator.FractionalPixel(
                    ring[i - 1].X + (share * (ring[i].X - ring[i - 1].X)), ring[i - 1].Y + (share * (ring[i].Y - ring[i - 1].Y)));
                yield return (from.Column, from.Row, to.Column, to.Row);
                from = to;
            }
        }
    }
}
