using ConvLstm.Nowcast.Ingest.Projection;
using ConvLstm.Nowcast.Jobs.Web.Frames;

namespace ConvLstm.Nowcast.Jobs.Web.Tiles;

/// <summary>Draws frames into tiles of web Mercator, the nearest pixel for each.</summary>
internal static class TileSource
{
    private const int Size = WebMercator.TileSize;

    /// <summary>Between nodes this far apart the grid's columns and rows run straight to a tenth of a pixel, from this zoom on.</summary>
    private const int NodeStep = 8, StraightFromZoom = 5;

    /// <summary>What lies outside of the grid is as what is not seen.</summary>
    internal static byte[] Draw(GridLocator locator, Frame frame, int zoom, int tileX, int tileY)
    {
        var codes = new byte[Size * Size];
        var step = zoom >= StraightFromZoom ? NodeStep : 1;
        for (var y = 0; y < Size; y += step)
        {
            for (var x = 0; x < Size; x += step)
                Fill(locator, frame, codes, (zoom, ((double)tileX * Size) + x, ((double)tileY * Size) + y), x, y, step);
        }
        return codes;
    }

    private static void Fill(GridLocator locator, Frame frame, byte[] codes, (int Zoom, double X, double Y) at, int left, int top, int step)
    {
        // Pixel centres: half a pixel in.
        if (step == 1)
        {
            codes[(top * Size) + left] = CodeAt(frame, Pixel(locator, at.Zoom, at.X + 0.5, at.Y + 0.5));
            return;
        }
        var (a, b) = (Pixel(locator, at.Zoom, at.X, at.Y), Pixel(locator, at.Zoom, at.X + step, at.Y));
        var (c, d) = (Pixel(locator, at.Zoom, at.X, at.Y + step), Pixel(locator, at.Zoom, at.X + step, at.Y + step));
        for (var j = 0; j < step; j++)
        {
            for (var i = 0; i < step; i++)
            {
                var (u, v) = ((i + 0.5) / step, (j + 0.5) / step);
                codes[((top + j) * Size) + left + i] = CodeAt(frame, (
                    ((1 - v) * (((1 - u) * a.Column) + (u * b.Column))) + (v * (((1 - u) * c.Column) + (u * d.Column))),
                    ((1 - v) * (((1 - u) * a.Row) + (u * b.Row))) + (v * (((1 - u) * c.Row) + (u * d.Row)))));
            }
        }
    }

    private static (double Column, double Row) Pixel(GridLocator locator, int zoom, double x, double y)
    {
        var (lon, lat) = WebMercator.LonLat(zoom, x, y);
        return locator.FractionalPixel(lon, lat);
    }

    private static byte CodeAt(Frame frame, (double Column, double Row) at)
    {
        var (column, row) = (Math.Floor(at.Column + 0.5), Math.Floor(at.Row + 0.5));
        return column >= 0 && column < frame.Grid.Width && row >= 0 && row < frame.Grid.Height
            ? frame.Codes[((int)row * frame.Grid.Width) + (int)column]
            : RainCode.Unknown;
    }
}
