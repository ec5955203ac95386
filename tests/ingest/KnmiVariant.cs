using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Tests.Ingest;

/// <summary>One way to publish a KNMI HDF5 image (format specification 3.5), and a writer for it.</summary>
public sealed record KnmiVariant
{
    internal const string Proj = "+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +a=6378137 +b=6356752";

    /// <summary>False for an accumulation in mm.</summary>
    public bool IsReflectivity { get; init; }

    public double Gain { get; init; } = 0.01;

    public double Offset { get; init; }

    /// <summary>As services spell it, of <see cref="Gain"/> and <see cref="Offset"/>.</summary>
    public string Formula { get; init; } = "GEO=0.01*PV+0.0";

    public int Missing { get; init; } = 65535;

    public int OutOfImage { get; init; } = 65535;

    /// <summary>16 bits instead of 8.</summary>
    public bool Wide { get; init; } = true;

    public bool Deflated { get; init; }

    public TimeSpan Period { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>mm/h that the file is to give for a stored number.</summary>
    internal double RainRate(int stored)
    {
        if (stored == OutOfImage)
            return double.NaN;
        // In images of reflectivity 0 is a pixel without echo, whatever else it is called.
        if (stored == Missing)
            return IsReflectivity && Missing == 0 ? 0 : double.NaN;
        var value = (stored * Gain) + Offset;
        if (!IsReflectivity)
            return value / Period.TotalHours;
        var rate = Math.Pow(Math.Pow(10, value / 10) / 200, 1 / 1.6);
        return rate < 0.05 ? 0 : rate;
    }

    /// <summary>Random codes: a quarter out of the image, a quarter missing.</summary>
    internal int[] Codes(int count, Random random) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(4) switch
        {
            0 => OutOfImage,
            1 => Missing,
            _ => random.Next(Wide ? 5000 : 250),
        })];

    internal void Write(string path, RadarGrid grid, DateTimeOffset time, int[] codes)
    {
        using var file = NetCdfFile.Create(path);
        var overview = file.Root.DefineGroup("overview").Attributes;
        overview.Put("product_datetime_start", Time(time - Period));
        overview.Put("product_datetime_end", Time(time));
        var geographic = file.Root.DefineGroup("geographic");
        geographic.Attributes.Put("geo_number_rows", grid.Height);
        geographic.Attributes.Put("geo_number_columns", grid.Width);
        geographic.Attributes.Put("geo_pixel_size_x", (float)(grid.PixelX / 1000));
        geographic.Attributes.Put("geo_pixel_size_y", (float)(-grid.PixelY / 1000));
        geographic.Attributes.Put("geo_column_offset", (float)(grid.OriginX / grid.PixelX));
        geographic.Attributes.Put("geo_row_offset", (float)(grid.OriginY / -grid.PixelY));
        geographic.Attributes.Put("geo_dim_pixel", "KM,KM");
        geographic.DefineGroup("map_projection").Attributes.Put("projection_proj4_params",
            "+proj=stere +lat_0=90 +lon_0=0.0 +lat_ts=60.0 +a=6378.137 +b=6356.752 +x_0=0 +y_0=0");
        var image = file.Root.DefineGroup("image1");
        image.Attributes.Put("image_geo_parameter", IsReflectivity ? "REFLECTIVITY_[DBZ]" : "ACCUMULATED_PRECIPITATION_[MM]");
        var calibration = image.DefineGroup("calibration").Attributes;
        calibration.Put("calibration_formulas", Formula);
        calibration.Put("calibration_missing_data", Missing);
        calibration.Put("calibration_out_of_image", OutOfImage);
        var data = image.DefineVariable("image_data", Wide ? NetCdfType.UInt16 : NetCdfType.UInt8, image.DefineDimension("r", grid.Height),
            image.DefineDimension("c", grid.Width));
        if (Deflated)
            data.Deflate(6, Math.Max(1, grid.Height / 2), grid.Width);
        data.Write<int>(codes);
        file.Close();
    }

    private static string Time(DateTimeOffset time) =>
        time.ToString("dd-MMM-yyyy;HH:mm:ss.fff", CultureInfo.InvariantCulture).ToUpperInvariant();
}
