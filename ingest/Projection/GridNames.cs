using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ConvLstm.Nowcast.Ingest.Projection;

/// <summary>Names for grids that carry none: projection, size and a hash of the geometry, such as <c>aea-512x512-3f2a</c>.</summary>
public static class GridNames
{
    /// <summary>The same geometry always gets the same name; a shift of over a hundredth of a pixel gives another.</summary>
    public static string For(int width, int height, ProjString proj, double pixelX, double pixelY, double originX, double originY)
    {
        ArgumentNullException.ThrowIfNull(proj);
        var geometry = string.Create(CultureInfo.InvariantCulture,
            $"{proj}|{width}x{height}|{pixelX:G9}|{pixelY:G9}|"
            + $"{Math.Round(originX / pixelX, 2) + 0.0:F2}|{Math.Round(originY / pixelY, 2) + 0.0:F2}");
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(geometry));
        return string.Create(CultureInfo.InvariantCulture, $"{proj.Kind}-{width}x{height}-{Convert.ToHexStringLower(hash.AsSpan(0, 2))}");
    }
}
