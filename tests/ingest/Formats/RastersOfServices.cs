using System.Globalization;
using System.Text;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest.Formats;

/// <summary>GRIB, GeoTIFF and grey maps, written by GDAL's own tool and read through its library.</summary>
public sealed class RastersOfServices : IDisposable
{
    private const string LonLat = "+proj=longlat +ellps=WGS84";

    private static readonly double[][] Values = [[-3, -1, 0, 2.5], [1, 2, 3, 4], [5, 6, 7, 150]];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task MessagesOfMrmsHaveTheirCodesForMissingAndNoCoverage()
    {
        var path = await GribAsync(Values, "209", "0", "6 1 8 0 97 0 0 0 0 102 0 0 255 1 0");
        using var file = RadarFormats.Open(path);
        Assert.Equal(("GRIB", RainQuantity.Rate, "element PrecipRate"), (file.Format, file.Quantity, file.From.Quantity));
        Assert.Equal((4, 3, 0.5, -100.0, 31.5),
            (file.Grid.Width, file.Grid.Height, file.Grid.PixelX, file.Grid.OriginX, file.Grid.OriginY));
        Assert.Equal(Sample.Time, file.ValidTimes.Single());
        Assert.Equal([float.NaN, float.NaN, 0, 2.5f, 1, 2, 3, 4, 5, 6, 7, 150], file.Read(0).RainRate);
    }

    [Fact]
    public async Task SumsOfMessagesAreDividedByTheirTimeRangeAndHoldAtItsEnd()
    {
        // Total precipitation over three hours of a forecast, to 15:00.
        var path = await GribAsync([[0, 3, 6, 9], [0, 0, 0, 3]], "0", "8",
            "1 8 2 0 96 0 0 1 0 1 0 0 255 0 0 2024 5 1 15 0 0 1 0 1 2 1 3 255 0");
        using var file = RadarFormats.Open(path);
        Assert.Equal((RainQuantity.Accumulation, "time range of the message"), (file.Quantity, file.From.Period));
        Assert.Equal((Sample.Time.AddHours(3), TimeSpan.FromHours(3)), (file.ValidTimes.Single(), file.Leads.Single()));
        Assert.Equal([0, 1, 2, 3, 0, 0, 0, 1], file.Read(0).RainRate);
    }

    [Fact]
    public async Task AMessageOfSomethingElseIsNamed()
    {
        var path = await GribAsync(Values, "0", "0", "0 0 2 0 96 0 0 1 0 103 0 2 255 0 0");
        var message = Assert.Throws<RadarFileException>(() => RadarFormats.Open(path).Dispose()).Message;
        Assert.Contains("no message is rain or reflectivity (it has TMP", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AGribThatIsCutShortIsRefused()
    {
        var path = await GribAsync(Values, "209", "0", "6 1 8 0 97 0 0 0 0 102 0 0 255 1 0");
        using (var file = File.OpenWrite(path))
            file.SetLength(file.Length - 20);
        var error = Assert.Throws<RadarFileException>(() =>
        {
            using var file = RadarFormats.Open(path);
            file.Read(0);
        });
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("units=mm/h", 1)]
    [InlineData("UNITS=kg m-2 s-1", 3600)]
    [InlineData("unit=0.1 mm/h", 0.1)]
    public async Task AGeoTiffSaysUnitAndTimeInItsMetadata(string unit, double factor)
    {
        var path = await GdalTool.WriteAsync(_folder.File("a.tif"), Values, "-of", "GTiff", "-ot", "Float32", "-a_srs", LonLat,
            "-a_nodata", "-3", "-mo", unit, "-mo", "valid_time=2024-05-01T12:00:00Z");
        using var file = RadarFormats.Open(path);
        Assert.Equal(("GeoTIFF", Sample.Time), (file.Format, file.ValidTimes.Single()));
        var rain = file.Read(0).RainRate;
        Assert.True(float.IsNaN(rain[0]));
        Assert.Equal(150 * factor, rain[^1], 1e-4 * 150 * factor);
    }

    [Fact]
    public async Task PackedBytesAreUnpackedByTheScaleOfTheBand()
    {
        var path = await GdalTool.WriteAsync(
            _folder.File("a.tif"), [[0, 64, 255, 114], [0, 0, 0, 0]], "-of", "GTiff", "-ot", "Byte", "-a_srs", "EPSG:3067", "-a_scale",
                "0.5", "-a_offset", "-32", "-a_nodata", "255", "-mo", "units=dBZ", "-mo", "time=202405011200");
        using var file = RadarFormats.Open(path);
        var rain = file.Read(0).RainRate;
        Assert.Equal((0f, 0f, true), (rain[0], rain[1], float.IsNaN(rain[2])));
        Assert.Equal(Math.Pow(Math.Pow(10, 2.5) / 200, 1 / 1.6), rain[3], 1e-4);
        Assert.StartsWith("+proj=tmerc", file.Grid.Proj, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("valid_time=2024-05-01T12:00:00Z", LonLat, "in which unit its values are")]
    [InlineData("units=mm/h", LonLat, "when it holds")]
    public async Task WhatAGeoTiffDoesNotSayIsNamedWithTheKeyThatHelps(string item, string projection, string problem)
    {
        var path = await GdalTool.WriteAsync(_folder.File("a.tif"), Values, "-of", "GTiff", "-ot", "Float32", "-a_srs", projection, "-mo",
            item);
        var message = Assert.Throws<RadarFileException>(() => RadarFormats.Open(path).Dispose()).Message;
        Assert.Contains(problem, message, StringComparison.Ordinal);
        Assert.Contains("a source profile can", message, StringComparison.Ordinal);
    }

    [Fact]
    public void AGreyMapOfTheFinnishInstituteSaysAllInItsComments()
    {
        using var file = RadarFormats.Open(GreyMap("CorrectedReflectivity", [0, 64, 114, 255, 124, 134]));
        Assert.Equal(("FMI PGM", Sample.Time), (file.Format, file.ValidTimes.Single()));
        var rain = file.Read(0).RainRate;
        Assert.Equal((0f, 0f, true), (rain[0], rain[1], float.IsNaN(rain[3])));
        Assert.Equal(Math.Pow(Math.Pow(10, 2.5) / 200, 1 / 1.6), rain[2], 1e-4);
    }

    [Fact]
    public void AGreyMapOfSomethingElseIsNamed()
    {
        Assert.Contains("RadialVelocity", Refusal(GreyMap("RadialVelocity", new byte[6])), StringComparison.Ordinal);
        var plain = _folder.File("plain.pgm");
        File.WriteAllText(plain, "P5\n# made by hand\n2 2\n255\nabcd");
        Assert.Contains("a PGM picture, whose numbers mean nothing without a legend", Refusal(plain), StringComparison.Ordinal);
    }

    [Fact]
    public void AVirtualRasterThatNamesAnotherFileIsNotOpened()
    {
        var path = _folder.File("a.tif");
        File.WriteAllText(path,
            "<VRTDataset rasterXSize=\"2\" rasterYSize=\"2\"><VRTRasterBand dataType=\"Byte\" "
                + "band=\"1\"><SimpleSource><SourceFilename>/etc/passwd</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>");
        Assert.Contains("a web page or XML", Refusal(path), StringComparison.Ordinal);
    }

    private Task<string> GribAsync(double[][] values, string discipline, string template, string product) => GdalTool.WriteAsync(
        _folder.File("a.grib2"), values, "-of", "GRIB", "-ot", "Float64", "-a_srs", LonLat, "-co", $"DISCIPLINE={discipline}", "-co",
            "IDS_CENTER=161", "-co", "IDS_REF_TIME=2024-05-01T12:00:00Z",
        "-co", $"PDS_PDTN={template}", "-co", $"PDS_TEMPLATE_ASSEMBLED_VALUES={product}", "-co", "DATA_ENCODING=IEEE_FLOATING_POINT");

    private string GreyMap(string parameter, byte[] pixels)
    {
        var path = _folder.File($"{parameter}.pgm");
        var header = string.Create(CultureInfo.InvariantCulture,
            $"P5\n# obstime 202405011200\n# param {parameter}\n# type stereographic\n"
            + $"# centrallongitude 25\n# centrallatitude 90\n# truelatitude 60\n"
            + $"# bottomleft 18.6 57.93\n# topright 34.903 69.005\n3 2\n255\n");
        File.WriteAllBytes(path, [.. Encoding.ASCII.GetBytes(header), .. pixels]);
        return path;
    }

    private static string Refusal(string path) => Assert.Throws<RadarFileException>(() => RadarFormats.Open(path).Dispose()).Message;
}
