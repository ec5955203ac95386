using ConvLstm.Nowcast.Ingest;
using ImageMagick;
using SkiaSharp;

namespace ConvLstm.Nowcast.Jobs.Pictures;

/// <summary>
/// Pictures of maps in files: the ending says which kind. One sheet is a still; of several, GIF and WebP make an animation.
/// </summary>
internal static class PictureFile
{
    private const uint FrameHundredths = 40, LastFrameHundredths = 160;
    private const int Colours = 256;

    /// <summary>The endings that are known.</summary>
    internal static IReadOnlyList<string> Endings { get; } = [".png", ".svg", ".gif", ".webp"];

    /// <summary>True where a file of that ending shows one sheet after the other.</summary>
    internal static bool Moves(string path) => Ending(path) is ".gif" or ".webp";

    /// <summary>What is wrong with the ending of a picture; null where it is known.</summary>
    internal static string? Problem(string path) =>
        Endings.Contains(Ending(path)) ? null : $"--out {path}: a picture ends in {string.Join(", ", Endings)}.";

    /// <param name="path">The file to write.</param>
    /// <param name="sheets">One, or for an animation one a frame.</param>
    /// <param name="mapWidth">Of a map, in pixels.</param>
    /// <param name="cancellation">Between frames.</param>
    internal static void Write(string path, IReadOnlyList<MapSheet> sheets, int mapWidth, CancellationToken cancellation)
    {
        using var ground = new BaseMap(sheets[0].Grid);
        using var file = new MemoryStream();
        if (Moves(path))
            Animate(file, Ending(path), sheets, ground, mapWidth, cancellation);
        else
            Still(file, Ending(path), sheets[0], ground, mapWidth);
        WholeFile.Write(path, file.ToArray());
    }

    private static void Still(Stream file, string ending, MapSheet sheet, BaseMap ground, int mapWidth)
    {
        using var drawing = new SheetDrawing(sheet, ground, mapWidth);
        if (ending == ".svg")
        {
            using var canvas = SKSvgCanvas.Create(new SKRect(0, 0, drawing.Layout.Width, drawing.Layout.Height), file);
            drawing.Draw(canvas);
            return;
        }
        using var bitmap = Drawn(drawing);
        bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
    }

    /// <summary>Skia writes single pictures only.</summary>
    private static void Animate(Stream file, string ending, IReadOnlyList<MapSheet> sheets, BaseMap ground, int mapWidth,
        CancellationToken cancellation)
    {
        using var frames = new MagickImageCollection();
        foreach (var sheet in sheets)
        {
            cancellation.ThrowIfCancellationRequested();
            using var drawing = new SheetDrawing(sheet, ground, mapWidth);
            using var bitmap = Drawn(drawing);
            var frame = new MagickImage();
            frame.ReadPixels(bitmap.Bytes,
                new PixelReadSettings((uint)bitmap.Width, (uint)bitmap.Height, StorageType.Char, PixelMapping.RGBA));
            frame.AnimationDelay = sheet == sheets[^1] ? LastFrameHundredths : FrameHundredths;
            frame.AnimationIterations = 0;
            frame.Settings.SetDefine(MagickFormat.WebP, "lossless", true);
            frames.Add(frame);
        }
        if (ending == ".gif")
            frames.Quantize(new QuantizeSettings { Colors = Colours, DitherMethod = DitherMethod.No });
        frames.Write(file, ending == ".gif" ? MagickFormat.Gif : MagickFormat.WebP);
    }

    private static SKBitmap Drawn(SheetDrawing drawing)
    {
        var bitmap = new SKBitmap(new SKImageInfo(drawing.Layout.Width, drawing.Layout.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        using var canvas = new SKCanvas(bitmap);
        drawing.Draw(canvas);
        return bitmap;
    }

    private static string Ending(string path) => Path.GetExtension(path)
        .ToUpperInvariant() switch
    { ".PNG" => ".png", ".SVG" => ".svg", ".GIF" => ".gif", ".WEBP" => ".webp", var other => other };
}
