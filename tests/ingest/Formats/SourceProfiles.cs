using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Formats.Sources;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest.Formats;

/// <summary>What files do not say of themselves is said by a small JSON file.</summary>
public sealed class SourceProfiles : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task APictureOfAPaletteIsReadThroughItsColours()
    {
        var path = await PngAsync("rain_20240501T1205.png", "255 255 255  0 0 255  255 0 0  9 9 9");
        using var file = RadarFormats.Open(path, Load("""
            {
              "files": "rain_*.png",
              "time": "rain_%Y%m%dT%H%M",
              "gridName": "valley",
              "grid": { "proj": "EPSG:3035", "left": 4000000, "top": 3000000, "pixelX": 1000 },
              "legend": { "units": "mm/h", "colours": { "#ffffff": 0, "#0000ff": 2.5, "#FF0000": 40 } }
            }
            """).For(path));
        Assert.Equal([0, 2.5f, 40, float.NaN], file.Read(0).RainRate);
        Assert.Equal((Sample.Time.AddMinutes(5), "valley", 4_000_000.0), (file.ValidTimes.Single(), file.Grid.Name, file.Grid.OriginX));
        Assert.Contains("25.0%", Assert.Single(file.Notes).Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"units": "dBZ", "gain": 0.5, "offset": -32, "missing": [255], "dry": [0]}""", "0,0.3158,2.0505,NaN")]
    [InlineData("""{"units": "mm/h", "values": [0, 1.5, null]}""", "0,NaN,NaN,NaN")]
    [InlineData("""{"units": "mm", "gain": 0.1}""", "0,112.8,144,306")]
    public async Task GreyValuesAreReadByGainOrByTable(string legend, string rates)
    {
        var path = await PngAsync("scan-24122-1205.png", "0 94 120 255", grey: true);
        var options = Load($$"""
            {"time": "scan-%y%j-%H%M", "periodMinutes": 5, "grid": {"proj": "EPSG:3035", "left": 0, "top": 0, "pixelX": 500},
             "legend": {{legend}}}
            """).For(path);
        using var file = RadarFormats.Open(path, options);
        Assert.Equal(Sample.Time.AddMinutes(5), file.ValidTimes.Single());
        Assert.Equal(rates.Split(',').Select(r => float.Parse(r, System.Globalization.CultureInfo.InvariantCulture)), file.Read(0).RainRate,
            (a, b) => float.IsNaN(a) ? float.IsNaN(b) : Math.Abs(a - b) < 1e-3);
    }

    [Fact]
    public async Task AProfileOverrulesWhatAFileOfAnotherFormatSays()
    {
        var path = await GdalTool.WriteAsync(_folder.File("sum.tif"), [[0, 3], [3, 0]], "-of", "GTiff", "-ot", "Float32", "-a_srs",
            "EPSG:3035", "-mo", "units=mm", "-mo", "time=202405011200");
        Assert.Contains("periodMinutes", Assert.Throws<RadarFileException>(() => RadarFormats.Open(path).Dispose()).Message,
            StringComparison.Ordinal);
        using var file = RadarFormats.Open(path, Load("""{"periodMinutes": 10, "gridName": "alps", "product": "sum"}""").For(path));
        Assert.Equal("alps-sum", file.Grid.Name);
        Assert.Equal([0, 18, 18, 0], file.Read(0).RainRate);
    }

    [Theory]
    [InlineData("netherlands/*.h5", "/feed/netherlands/a.h5", true)]
    [InlineData("netherlands/*.h5", "/feed/belgium/a.h5", false)]
    [InlineData("*.h5", "/feed/netherlands/a.h5", true)]
    [InlineData("AQC?????????F*.gif", "/feed/AQC170310945F_5.gif", true)]
    [InlineData("a.h5", "/feed/ba.h5", false)]
    public void AProfileHoldsForTheFilesThatItNames(string pattern, string path, bool holds) =>
        Assert.Equal(holds ? "mine" : null, Load($$"""{"files": "{{pattern}}", "gridName": "mine"}""").For(path).GridName);

    [Fact]
    public void TheFirstProfileThatMatchesHoldsAndFlagsGoOverIt()
    {
        File.WriteAllText(_folder.File("a.json"), """{"files": "a*", "gridName": "first", "product": "rain"}""");
        File.WriteAllText(_folder.File("b.json"), """{"gridName": "second"}""");
        var sources = RadarSources.Load([_folder.Path]);
        Assert.Equal(("first", "second"), (sources.For("/x/a.nc").GridName, sources.For("/x/b.nc").GridName));
        Assert.Equal(("flag", "rain"),
            ((sources with { GridName = "flag" }).For("/x/a.nc").GridName, (sources with { GridName = "flag" }).For("/x/a.nc").Product));
    }

    [Theory]
    [InlineData("""{"gridNam": "typo"}""", "gridNam")]
    [InlineData("""{"periodMinutes": 0}""", "periodMinutes")]
    [InlineData("[1]", "source profile")]
    public void AProfileThatIsWrongIsNamed(string json, string problem)
    {
        var error = Assert.Throws<ReportedException>(() => Load(json));
        Assert.Contains(_folder.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rain_%Y%m%d", "no hour")]
    [InlineData("rain_%m%d%H", "no year")]
    [InlineData("rain_%Q", "%Q")]
    [InlineData("snow_%Y%m%dT%H%M", "does not have the time")]
    public async Task ATimePatternThatDoesNotFitIsNamed(string pattern, string problem)
    {
        var path = await PngAsync("rain_20240501T1205.png", "0 94 120 255", grey: true);
        var options = Load($$$"""
            {"time": "{{{pattern}}}", "grid": {"proj": "EPSG:3035", "left": 0, "top": 0, "pixelX": 500}, "legend": {"units": "mm/h"}}
            """).For(path);
        Assert.Contains(problem, Assert.Throws<RadarFileException>(() => RadarFormats.Open(path, options).Dispose()).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("meteoswiss-aqc.json", "/x/AQC170310945F_00005.801.gif", "switzerland")]
    [InlineData("fmi-pgm.json", "/x/201609281445_fmi.radar.composite.lowest_FIN_SUOMI1.pgm.gz", "finland")]
    [InlineData("palette-picture.json", "/x/rain_20240501T1200.png", "example")]
    public void TheExamplesAreProfiles(string name, string path, string grid) =>
        Assert.Equal(grid, RadarSources.Load([RepositoryFolder.File("ops", "examples", "sources", name)]).For(path).GridName);

    private RadarSources Load(string json)
    {
        var path = _folder.File("profile.json");
        File.WriteAllText(path, json);
        return RadarSources.Load([path]);
    }

    // Two by two pixels.
    private async Task<string> PngAsync(string name, string numbers, bool grey = false)
    {
        var source = _folder.File("picture.pnm");
        var pixels = numbers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(byte.Parse).ToArray();
        await File.WriteAllBytesAsync(source, [.. (grey ? "P5\n2 2\n255\n"u8 : "P6\n2 2\n255\n"u8), .. pixels],
            TestContext.Current.CancellationToken);
        await GdalTool.RunAsync(["-of", "PNG", source, _folder.File(name)]);
        File.Delete(source);
        return _folder.File(name);
    }
}
