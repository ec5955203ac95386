using ConvLstm.Nowcast.Ingest;
using SkiaSharp;

namespace ConvLstm.Nowcast.Jobs.Pictures;

/// <summary>Pictures as grey values on [0, 1], row-major.</summary>
internal static class GreyPicture
{
    /// <returns>Columns, and a value a pixel.</returns>
    /// <exception cref="ReportedException">It is no picture, or a damaged one.</exception>
    internal static (int Width, float[] Pixels) Read(string path)
    {
        using var picture = SKCodec.Create(path, out var opened)
            ?? throw new ReportedException($"{path} is no picture that can be read ({opened}): convert it to PNG.");
        var info = picture.Info.WithColorType(SKColorType.Rgba8888).WithAlphaType(SKAlphaType.Unpremul);
        var pixels = new byte[info.BytesSize];
        unsafe
        {
            fixed (byte* at = pixels)
            {
                var result = picture.GetPixels(info, (IntPtr)at);
                if (result != SKCodecResult.Success)
                    throw new ReportedException($"{path} is a damaged picture ({result}): replace it.");
            }
        }
        return (info.Width, [.. pixels.Chunk(4).Select(Luma)]);
    }

    /// <summary>A PNG file; NaN is black.</summary>
    internal static byte[] Png(int width, float[] pixels)
    {
        var shades = Array.ConvertAll(pixels, p => (byte)Math.Round(255 * (float.IsNaN(p) ? 0 : Math.Clamp(p, 0, 1))));
        using var picture = SKImage.FromPixelCopy(new SKImageInfo(width, pixels.Length / width, SKColorType.Gray8, SKAlphaType.Opaque),
            shades);
        using var png = picture.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    /// <summary>ITU-R BT.601.</summary>
    private static float Luma(byte[] rgba) =>
        rgba[0] == rgba[1] && rgba[1] == rgba[2] ? rgba[0] / 255f : ((0.299f * rgba[0]) + (0.587f * rgba[1]) + (0.114f * rgba[2])) / 255f;
}
