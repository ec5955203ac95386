using System.IO.Compression;
using System.Text.Json;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Projection;
using ConvLstm.Nowcast.Jobs.Web.Page;
using SkiaSharp;

namespace ConvLstm.Nowcast.Jobs.Pictures;

/// <summary>
/// Land, coasts and borders in the pixels of a grid, (0, 0) its upper-left corner, from the cells of the web page (see atlas.mjs).
/// </summary>
internal sealed class BaseMap : IDisposable
{
    internal const string Credit = "Natural Earth";
    private const int CellDegrees = 10;

    /// <summary>Degrees from north to south from which on the coarser coasts do.</summary>
    private const double WideFrom = 30;

    private readonly GridLocator _locator;

    internal BaseMap(RadarGrid grid)
    {
        _locator = new GridLocator(grid);
        var (west, south, east, north) = Box(grid);
        var files = PageFiles.Load();
        var scale = north - south > WideFrom ? "50m" : "10m";
        for (var x = (int)Math.Floor(west / CellDegrees); x <= (int)Math.Floor(east / CellDegrees); x++)
        {
            for (var y = (int)Math.Floor(south / CellDegrees); y <= (int)Math.Floor(north / CellDegrees); y++)
            {
                // Cells are named from -18 to 17, whatever the longitudes of the grid are called.
                if (files.Find($"atlas-{scale}-{((x + 54) % 36) - 18}_{y}.json") is { } file)
                    Add(file);
            }
        }
        (double, double) here = _locator.LonLat((grid.Width - 1) / 2.0, (grid.Height - 1) / 2.0),
            beside = _locator.LonLat((grid.Width + 1) / 2.0, (grid.Height - 1) / 2.0);
        MetresPerPixel = Distance(here, beside);
    }

    internal SKPath Land { get; } = new();
    internal SKPath Lakes { get; } = new();
    internal SKPath Coasts { get; } = new();
    internal SKPath Borders { get; } = new();

    /// <summary>In the middle of the grid, from west to east; NaN where the projection says nothing there.</summary>
    internal double MetresPerPixel { get; }

    public void Dispose()
    {
        _locator.Dispose();
        foreach (var path in new[] { Land, Lakes, Coasts, Borders })
            path.Dispose();
    }

    private void Add(PageFile file)
    {
        using var json = JsonDocument.Parse(file.IsBrotli ? Unpacked(file) : file.Bytes);
        foreach (var (kind, path) in new[] { ("land", Land), ("lake", Lakes) })
        {
            foreach (var ring in json.RootElement.GetProperty(kind).EnumerateArray().SelectMany(rings => rings.EnumerateArray()))
                Trace(ring, path, isClosed: true);
        }
        foreach (var (kind, path) in new[] { ("coast", Coasts), ("border", Borders) })
        {
            foreach (var line in json.RootElement.GetProperty(kind).EnumerateArray())
                Trace(line, path, isClosed: false);
        }
    }

    /// <summary>Thousandths of a degree, each place after the first as the difference from the one before.</summary>
    private void Trace(JsonElement line, SKPath path, bool isClosed)
    {
        var (x, y, isDown) = (0, 0, false);
        for (var i = 0; i + 1 < line.GetArrayLength(); i += 2)
        {
            (x, y) = (x + line[i].GetInt32(), y + line[i + 1].GetInt32());
            var (column, row) = _locator.FractionalPixel(x / 1000.0, y / 1000.0);
            if (double.IsNaN(column) || double.IsInfinity(column))
            {
                isDown = false;
                continue;
            }
            var point = new SKPoint((float)(column + 0.5), (float)(row + 0.5));
            if (isDown)
                path.LineTo(point);
            else
                path.MoveTo(point);
            isDown = true;
        }
        if (isClosed && isDown)
            path.Close();
    }

    private (double West, double South, double East, double North) Box(RadarGrid grid)
    {
        const int Pieces = 32;
        var (west, south, east, north) = (double.PositiveInfinity, 90.0, double.NegativeInfinity, -90.0);
        for (var i = 0; i <= Pieces; i++)
        {
            for (var j = 0; j <= Pieces; j++)
            {
                var (lon, lat) = _locator.LonLat((grid.Width * (double)i / Pieces) - 0.5, (grid.Height * (double)j / Pieces) - 0.5);
                if (double.IsNaN(lon) || double.IsInfinity(lon))
                    continue;
                (west, east, south, north) = (Math.Min(west, lon), Math.Max(east, lon), Math.Min(south, lat), Math.Max(north, lat));
            }
        }
        return (west, south, east, north);
    }

    /// <summary>The haversine of Sinnott (1984), metres on a sphere.</summary>
    private static double Distance((double Lon, double Lat) a, (double Lon, double Lat) b)
    {
        const double Radius = 6_371_009, Degree = Math.PI / 180;
        var (across, up) = (Math.Sin((b.Lon - a.Lon) * Degree / 2), Math.Sin((b.Lat - a.Lat) * Degree / 2));
        return 2 * Radius * Math.Asin(Math.Sqrt((up * up) + (Math.Cos(a.Lat * Degree) * Math.Cos(b.Lat * Degree) * across * across)));
    }

    private static byte[] Unpacked(PageFile file)
    {
        using var plain = new MemoryStream();
        using var brotli = new BrotliStream(new MemoryStream(file.Bytes.ToArray()), CompressionMode.Decompress);
        brotli.CopyTo(plain);
        return plain.ToArray();
    }
}
