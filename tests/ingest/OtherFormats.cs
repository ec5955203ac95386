using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Ingest.Projection;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest;

/// <summary>ODIM and KNMI files in the variants that the real samples do not cover, and compressed copies.</summary>
public sealed class OtherFormats : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("data")]
    [InlineData("dataset")]
    [InlineData("root")]
    public void AnOdimFileMayKeepItsWhatAtAnyLevel(string level)
    {
        var path = WriteOdim("RATE", level, gain: 0.5, offset: 1, [0, 4, 255, 1]);
        using var file = RadarFormats.Open(path);
        // 255 was not looked at, 0 was looked at and is dry.
        Assert.Equal([0, 3, float.NaN, 1.5f], file.Read(0).RainRate);
        Assert.Equal((RainQuantity.Rate, "ODIM_H5"), (file.Quantity, file.Format));
        Assert.Equal((1000, 1000, -1000, 1000), (file.Grid.PixelX, file.Grid.PixelY, file.Grid.OriginX, file.Grid.OriginY));
    }

    [Fact]
    public void AnOdimAccumulationBecomesTheMeanRateOfItsPeriodAndHoldsAtItsEnd()
    {
        using var file = RadarFormats.Open(WriteOdim("ACRR", "dataset", 0.1, 0, [0, 10, 255, 20]));
        Assert.Equal([0, 4, float.NaN, 8], file.Read(0).RainRate);
        Assert.Equal(new DateTimeOffset(2024, 5, 1, 12, 15, 0, TimeSpan.Zero), file.ValidTimes[0]);
    }

    [Theory]
    [InlineData("DBZH")]
    [InlineData("TH")]
    public void AnOdimReflectivityBecomesRainByMarshallAndPalmer(string quantity)
    {
        using var file = RadarFormats.Open(WriteOdim(quantity, "data", 0.5, -32, [0, 110, 255, 64]));
        var rain = file.Read(0).RainRate;
        Assert.Equal(0, rain[0]);
        Assert.Equal(Math.Pow(Math.Pow(10, 2.3) / 200, 1 / 1.6), rain[1], 1e-5);
        Assert.Equal(float.NaN, rain[2]);
        // 0 dBZ is below what counts as rain.
        Assert.Equal(0, rain[3]);
    }

    [Fact]
    public void AVerticalSectionIsRefusedByItsName()
    {
        var path = WriteOdim("DBZH", "data", 0.5, -32, [0, 1, 2, 3], product: "XSEC");
        Assert.Contains("XSEC, not a composite", Assert.Throws<RadarFileException>(() => RadarFormats.Open(path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void AKnmiReflectivityTellsNoEchoFromOutsideTheImage()
    {
        var path = WriteKnmi("REFLECTIVITY_[DBZ]", "GEO = 0.5 * PV + -32.0", missing: 0, outside: 255, [0, 255, 110, 120]);
        using var file = RadarFormats.Open(path);
        var rain = file.Read(0).RainRate;
        Assert.Equal([0, float.NaN], rain[..2]);
        Assert.Equal(Math.Pow(Math.Pow(10, 2.3) / 200, 1 / 1.6), rain[2], 1e-5);
        Assert.Equal((RainQuantity.Reflectivity, "DBZ"), (file.Quantity, file.Units));
    }

    [Fact]
    public void AKnmiAccumulationIsDividedByItsPeriod()
    {
        var path = WriteKnmi("ACCUMULATED_PRECIPITATION_[MM]", "GEO=0.01*PV+0.0", missing: 254, outside: 255, [0, 255, 254, 50]);
        using var file = RadarFormats.Open(path);
        Assert.Equal([0, float.NaN, float.NaN, 6], file.Read(0).RainRate);
        Assert.Equal(new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero), file.ValidTimes[0]);
        Assert.Equal((2000, -3650000), (file.Grid.OriginX, file.Grid.OriginY));
        Assert.Contains("+a=6378137 +b=6356752", file.Grid.Proj, StringComparison.Ordinal);
    }

    [Fact]
    public void AFormulaThatIsNoneIsNamed()
    {
        var path = WriteKnmi("REFLECTIVITY_[DBZ]", "GEO=EXP(PV)", 0, 255, [1, 2, 3, 4]);
        Assert.Contains("GEO=EXP(PV)", Assert.Throws<RadarFileException>(() => RadarFormats.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACompressedCopyGivesTheSameFrameAndLeavesNothingBehind()
    {
        var frame = Sample.RadarFrame();
        foreach (var original in (string[])[Sample.RadarFile(_folder, frame), WriteOdim("RATE", "data", 1, 0, [0, 1, 2, 255]),
            WriteKnmi("ACCUMULATED_PRECIPITATION_[MM]", "GEO=0.01*PV+0.0", 254, 255, [0, 1, 2, 3])])
        {
            var compressed = Compressed.CopyOf(original);
            using var plain = RadarFormats.Open(original);
            using var packed = RadarFormats.Open(compressed);
            Assert.Equal(compressed, packed.Path);
            Assert.Equal(plain.Format, packed.Format);
            Assert.Equal(plain.Grid, packed.Grid);
            Assert.Equal(plain.Read(0).RainRate, packed.Read(0).RainRate);
        }
    }

    private string WriteOdim(string quantity, string level, double gain, double offset, byte[] pixels, string product = "COMP")
    {
        var path = _folder.File($"{quantity}-{level}-{product}.h5");
        using var file = NetCdfFile.Create(path);
        file.Root.Attributes.Put("Conventions", "ODIM_H5/V2_3");
        var rootWhat = file.Root.DefineGroup("what");
        rootWhat.Attributes.Put("object", product);
        rootWhat.Attributes.Put("version", "H5rad 2.3");
        rootWhat.Attributes.Put("date", "20240501");
        rootWhat.Attributes.Put("time", "121000");
        var where = file.Root.DefineGroup("where").Attributes;
        where.Put("projdef", Sample.Laea);
        where.Put("xsize", 2L);
        where.Put("ysize", 2L);
        where.Put("xscale", 1000.0);
        where.Put("yscale", 1000.0);
        using var transform = new ProjTransform(Sample.Laea);
        foreach (var (corner, x, y) in ((string, double, double)[])[("UL", -1000, 1000), ("UR", 1000, 1000), ("LL", -1000, -1000),
            ("LR", 1000, -1000)])
        {
            var (longitude, latitude) = transform.ToLonLat(x, y);
            // With as few decimals as services write.
            where.Put(corner + "_lon", Math.Round(longitude, 6));
            where.Put(corner + "_lat", Math.Round(latitude, 6));
        }
        var dataset = file.Root.DefineGroup("dataset1");
        var data = dataset.DefineGroup("data1");
        var what = level == "root" ? rootWhat : (level == "dataset" ? dataset : data).DefineGroup("what");
        what.Attributes.Put("quantity", quantity);
        what.Attributes.Put("gain", gain);
        what.Attributes.Put("offset", offset);
        what.Attributes.Put("nodata", 255.0);
        what.Attributes.Put("undetect", 0.0);
        what.Attributes.Put("startdate", "20240501");
        what.Attributes.Put("starttime", "120000");
        what.Attributes.Put("enddate", "20240501");
        what.Attributes.Put("endtime", "121500");
        data.DefineVariable("data", NetCdfType.UInt8, data.DefineDimension("y", 2), data.DefineDimension("x", 2)).Write<byte>(pixels);
        file.Close();
        return path;
    }

    private string WriteKnmi(string parameter, string formula, int missing, int outside, byte[] pixels)
    {
        var path = _folder.File($"{parameter[..4]}-{missing}.h5");
        using var file = NetCdfFile.Create(path);
        var overview = file.Root.DefineGroup("overview").Attributes;
        overview.Put("product_datetime_start", "31-DEC-2023;23:55:00.000");
        overview.Put("product_datetime_end", "01-JAN-2024;00:00:00.000");
        var geographic = file.Root.DefineGroup("geographic");
        geographic.Attributes.Put("geo_number_rows", 2);
        geographic.Attributes.Put("geo_number_columns", 2);
        geographic.Attributes.Put("geo_pixel_size_x", 1f);
        geographic.Attributes.Put("geo_pixel_size_y", -1f);
        geographic.Attributes.Put("geo_column_offset", 2f);
        geographic.Attributes.Put("geo_row_offset", 3650f);
        geographic.Attributes.Put("geo_dim_pixel", "KM,KM");
        geographic.DefineGroup("map_projection").Attributes.Put("projection_proj4_params",
            "+proj=stere +lat_0=90 +lon_0=0.0 +lat_ts=60.0 +a=6378.137 +b=6356.752 +x_0=0 +y_0=0");
        var image = file.Root.DefineGroup("image1");
        image.Attributes.Put("image_geo_parameter", parameter);
        var calibration = image.DefineGroup("calibration").Attributes;
        calibration.Put("calibration_formulas", formula);
        calibration.Put("calibration_missing_data", missing);
        calibration.Put("calibration_out_of_image", outside);
        image.DefineVariable("image_data", NetCdfType.UInt8, image.DefineDimension("r", 2), image.DefineDimension("c", 2))
            .Write<byte>(pixels);
        file.Close();
        return path;
    }
}
