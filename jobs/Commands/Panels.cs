using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Web.Frames;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary>Maps of one kind, side by side.</summary>
/// <param name="Grid">Of all of them.</param>
/// <param name="Kind">mm/h or per cent.</param>
/// <param name="Maps">Row-major; NaN where nothing is known.</param>
internal sealed record PanelRow(RadarGrid Grid, FrameKind Kind, IReadOnlyList<float[]> Maps);

/// <summary>Draws rows of maps in the colours of the web page, each map so wide.</summary>
internal sealed class Panels(int width)
{
    private const int Gap = 4;
    private const uint Paper = 0xFFFFFFFF;
    private const string Palette = "standard";

    private readonly List<uint> _colours = [Paper];

    /// <returns>A PNG file.</returns>
    internal byte[] Draw(IReadOnlyList<PanelRow> rows)
    {
        var columns = rows.Max(r => r.Maps.Count);
        var heights = rows.Select(r => Math.Max(1, (int)Math.Round((double)width * r.Grid.Height / r.Grid.Width))).ToArray();
        var (across, down) = ((columns * (width + Gap)) - Gap, heights.Sum(h => h + Gap) - Gap);
        var picture = new byte[across * down];
        var top = 0;
        for (var r = 0; r < rows.Count; r++)
        {
            for (var c = 0; c < rows[r].Maps.Count; c++)
                DrawMap(picture.AsSpan((top * across) + (c * (width + Gap))), across, heights[r], rows[r], rows[r].Maps[c]);
            top += heights[r] + Gap;
        }
        var colours = new uint[256];
        _colours.CopyTo(colours);
        return IndexedPng.Encode(across, down, picture, colours);
    }

    private void DrawMap(Span<byte> target, int across, int height, PanelRow row, float[] map)
    {
        var table = Palettes.Find(row.Kind, Palette)!;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var value = map[(y * row.Grid.Height / height * row.Grid.Width) + (x * row.Grid.Width / width)];
                var code = row.Kind == FrameKind.Rate ? RainCode.OfRate(value) : float.IsNaN(value) ? RainCode.Unknown : RainCode.OfPercent((byte)Math.Clamp(Math.Round(value), 0, 100));
                target[(y * across) + x] = Index(OnPaper(table[code]));
            }
        }
    }

    private byte Index(uint colour)
    {
        var at = _colours.IndexOf(colour);
        if (at < 0)
        {
            at = _colours.Count;
            _colours.Add(colour);
        }
        return (byte)at;
    }

    /// <summary>A colour that lets the ground through, on white.</summary>
    private static uint OnPaper(uint colour)
    {
        var alpha = colour & 0xFF;
        uint Channel(int shift) => ((((colour >> shift) & 0xFF) * alpha) + (255 * (255 - alpha))) / 255;
        return (Channel(24) << 24) | (Channel(16) << 16) | (Channel(8) << 8) | 0xFF;
    }
}
