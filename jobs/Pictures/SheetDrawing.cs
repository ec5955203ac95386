using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Web.Frames;
using SkiaSharp;

namespace ConvLstm.Nowcast.Jobs.Pictures;

/// <summary>Draws a sheet of maps in the colours of the web page.</summary>
internal sealed class SheetDrawing : IDisposable
{
    internal const string Palette = "standard";
    private static readonly SKColor Paper = SKColors.White, Ink = new(0x1B, 0x27, 0x33), Quiet = new(0x5B, 0x6B, 0x7A),
        Sea = new(0xDF, 0xE8, 0xEF), Land = new(0xF4, 0xF2, 0xEC);

    private static readonly int[] RoundNumbers = [5, 2, 1];

    private readonly MapSheet _sheet;
    private readonly BaseMap _ground;
    private readonly SKTypeface _typeface;
    private readonly SKPaint _fill = new() { IsAntialias = true }, _line = new() { IsAntialias = true, IsStroke = true };

    internal SheetDrawing(MapSheet sheet, BaseMap ground, int mapWidth)
    {
        (_sheet, _ground, Layout) = (sheet, ground, new SheetLayout(sheet, mapWidth));
        _typeface = SKFontManager.Default.MatchFamily("DejaVu Sans") ?? SKTypeface.Default;
        if (_typeface.GetGlyph('A') == 0)
            throw new ReportedException("There is no font to write with: install one, such as the package fonts-dejavu-core.");
    }

    internal SheetLayout Layout { get; }

    public void Dispose()
    {
        _fill.Dispose();
        _line.Dispose();
        _typeface.Dispose();
    }

    internal void Draw(SKCanvas canvas)
    {
        canvas.Clear(Paper);
        Text(canvas, _sheet.Title, SheetLayout.Margin, SheetLayout.Margin + 16, 15, Layout.Width - (2 * SheetLayout.Margin), Ink);
        for (var row = 0; row < _sheet.Rows.Count; row++)
        {
            for (var column = 0; column < _sheet.Rows[row].Count; column++)
            {
                var (left, top) = Layout.MapAt(row, column);
                Text(canvas, _sheet.Rows[row][column].Caption, left, top - 5, 11, Layout.MapWidth, Ink);
                DrawMap(canvas, _sheet.Rows[row][column], left, top);
            }
        }
        for (var i = 0; i < _sheet.Kinds.Count; i++)
            DrawLegend(canvas, _sheet.Kinds[i], Layout.LegendTop + (i * SheetLayout.LegendHeight));
        Text(canvas, string.Join(" · ", new[] { _sheet.Attribution, $"coasts and borders: {BaseMap.Credit}" }.Where(part =>
            part.Length > 0)), SheetLayout.Margin, Layout.FootTop + 13, 10, Layout.Width - (2 * SheetLayout.Margin), Quiet);
    }

    private void DrawMap(SKCanvas canvas, CaptionedMap map, int left, int top)
    {
        var grid = _sheet.Grid;
        canvas.Save();
        canvas.ClipRect(new SKRect(left, top, left + Layout.MapWidth, top + Layout.MapHeight));
        canvas.DrawRect(left, top, Layout.MapWidth, Layout.MapHeight, Filled(Sea));
        canvas.Translate(left, top);
        canvas.Scale((float)Layout.MapWidth / grid.Width, (float)Layout.MapHeight / grid.Height);
        canvas.DrawPath(_ground.Land, Filled(Land));
        canvas.DrawPath(_ground.Lakes, Filled(Sea));
        using (var rain = Coloured(map))
            canvas.DrawImage(rain, new SKRect(0, 0, grid.Width, grid.Height), new SKSamplingOptions(SKFilterMode.Nearest));
        // A hairline of the picture, whatever the scale of the map is.
        var hair = (float)grid.Width / Layout.MapWidth;
        canvas.DrawPath(_ground.Coasts, Stroked(Ink.WithAlpha(190), 0.9f * hair));
        canvas.DrawPath(_ground.Borders, Stroked(Ink.WithAlpha(120), 0.7f * hair));
        canvas.Restore();
        DrawScale(canvas, left, top + Layout.MapHeight);
        canvas.DrawRect(left + 0.5f, top + 0.5f, Layout.MapWidth - 1, Layout.MapHeight - 1, Stroked(Quiet, 1));
    }

    private SKImage Coloured(CaptionedMap map)
    {
        var colours = Palettes.Find(map.Kind, Palette)!;
        var pixels = new byte[map.Codes.Length * 4];
        for (var i = 0; i < map.Codes.Length; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(pixels.AsSpan(4 * i), colours[map.Codes[i]]);
        return SKImage.FromPixelCopy(new SKImageInfo(_sheet.Grid.Width, _sheet.Grid.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul),
            pixels);
    }

    /// <summary>A bar of a round number of kilometres, some quarter of the map long.</summary>
    private void DrawScale(SKCanvas canvas, int left, int bottom)
    {
        var metres = _ground.MetresPerPixel * _sheet.Grid.Width / Layout.MapWidth;
        if (!(metres > 0) || Layout.MapWidth < 80)
            return;
        var most = Layout.MapWidth * metres / 1000 / 4;
        var power = Math.Pow(10, Math.Floor(Math.Log10(most)));
        var kilometres = RoundNumbers.First(n => n * power <= most) * power;
        var length = (float)(kilometres * 1000 / metres);
        canvas.DrawRect(left + 5, bottom - 22, length + 4, 18, Filled(Paper.WithAlpha(190)));
        canvas.DrawRect(left + 7, bottom - 8, length, 2, Filled(Ink));
        Text(canvas, FormattableString.Invariant($"{kilometres:0.###} km"), left + 7, bottom - 11, 9, Layout.MapWidth, Ink);
    }

    private void DrawLegend(SKCanvas canvas, FrameKind kind, int top)
    {
        const int Box = 26, High = 10;
        var x = SheetLayout.Margin + 44;
        Text(canvas, kind switch { FrameKind.Rate => "mm/h", FrameKind.Depth => "mm", _ => "per cent" }, SheetLayout.Margin, top + 10, 10,
            60, Ink);
        foreach (var (from, colour) in Palettes.StepsOf(kind, Palette))
        {
            canvas.DrawRect(x, top, Box, High, Filled(Of(colour)));
            Text(canvas, FormattableString.Invariant($"{from:0.##}"), x, top + 21, 9, Box, Quiet);
            x += Box;
        }
        // What is not known is told once, beside the last colours or below them.
        if (kind != _sheet.Kinds[^1])
            return;
        var (at, line) = Layout.Width - x > 260 ? (x + 14, top) : (SheetLayout.Margin + 44, top + 24);
        foreach (var (colour, name) in new[] { (Palettes.UnseenColour, "not seen by radar"), (Palettes.OutsideColour, "air from outside") })
        {
            canvas.DrawRect(at, line, 10, High, Filled(Of(colour)));
            at += 14 + (int)Text(canvas, name, at + 13, line + 9, 9, 110, Quiet) + 12;
        }
    }

    /// <summary>One line, made smaller until it fits.</summary>
    /// <returns>Its width.</returns>
    private float Text(SKCanvas canvas, string text, float left, float baseline, float size, float room, SKColor colour)
    {
        using var font = new SKFont(_typeface, size);
        var width = font.MeasureText(text);
        if (width > room)
        {
            font.Size = size * room / width;
            width = room;
        }
        canvas.DrawText(text, left, baseline, SKTextAlign.Left, font, Filled(colour));
        return width;
    }

    private static SKColor Of(uint rgba) => new((byte)(rgba >> 24), (byte)(rgba >> 16), (byte)(rgba >> 8), (byte)rgba);

    private SKPaint Filled(SKColor colour)
    {
        _fill.Color = colour;
        return _fill;
    }

    private SKPaint Stroked(SKColor colour, float width)
    {
        (_line.Color, _line.StrokeWidth) = (colour, width);
        return _line;
    }
}
