namespace ConvLstm.Nowcast.Storage.Rasters;

/// <summary>
/// The well-known binary form of a PostGIS raster, little-endian throughout.
/// https://github.com/postgis/postgis/blob/master/raster/doc/RFC2-WellKnownBinaryFormat
/// The numbers of the pixel types are those of the code, which count 32BF as 10 (the RFC's table says 9):
/// https://github.com/postgis/postgis/blob/master/raster/rt_core/librtcore.h, rt_pixtype.
/// </summary>
internal static class RasterFormat
{
    /// <summary>byte order, version, bands, scale x and y, upper-left x and y, skew x and y, SRID, width, height.</summary>
    public const int HeaderLength = 1 + 2 + 2 + (6 * 8) + 4 + 2 + 2;
    public const byte LittleEndian = 1;
    public const int BandsAt = 3;
    public const int ScaleAt = 5;
    public const int SridAt = 53;
    public const int WidthAt = 57;
    public const int HeightAt = 59;

    /// <summary>The low four bits of a band's first byte are the pixel type, bit 6 says that it has a nodata value.</summary>
    public const byte HasNodata = 1 << 6;

    /// <summary>Every pixel is nodata: PostGIS need not look at them.</summary>
    public const byte AllNodata = 1 << 5;
    public const byte PixelTypeMask = 0x0F;
    public const byte Unsigned8 = 4;
    public const byte Float32 = 10;

    /// <summary>"Not observed" in the band of rain rates, which are never negative.</summary>
    public const float RateNodata = -1;

    /// <summary>"Nothing can be said" in the bands of probabilities, which are 0 to 100 per cent.</summary>
    public const byte PercentNodata = 255;
}
