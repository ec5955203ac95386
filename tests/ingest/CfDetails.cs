using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Formats.Cf;
using ConvLstm.Nowcast.Ingest.NetCdf;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest;

public sealed class CfDetails : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("seconds since 1970-01-01 00:00:00 UTC", 1604121000, "2020-10-31T05:10:00Z")]
    [InlineData("seconds since 1970-01-01", 1604121000, "2020-10-31T05:10:00Z")]
    [InlineData("minutes since 2000-01-01T00:00:00Z", 90, "2000-01-01T01:30:00Z")]
    [InlineData("hours since 1900-1-1 0:0:0.0", 24, "1900-01-02T00:00:00Z")]
    [InlineData("days since 2020-10-31 10:00:00 +10:00", 0.5, "2020-10-31T12:00:00Z")]
    [InlineData("days since 2020-10-31 00:00 -3", 0, "2020-10-31T03:00:00Z")]
    [InlineData("days since 1970-01-01", 18566.2152777777777, "2020-10-31T05:10:00Z")]
    public void TimesOfUdunitsAreRead(string units, double value, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, null), UdUnitsTime.Parse(units, "standard").Time(value));

    [Theory]
    [InlineData("fortnights since 1970-01-01", null)]
    [InlineData("seconds", null)]
    [InlineData("days since 2000-13-01", null)]
    [InlineData("days since 2000-01-01", "360_day")]
    public void TimesThatAreNoneAreRefused(string units, string? calendar) =>
        Assert.Throws<FormatException>(() => UdUnitsTime.Parse(units, calendar));

    [Theory]
    [InlineData("mm/h", RainQuantity.Rate, 1)]
    [InlineData("mm hr-1", RainQuantity.Rate, 1)]
    [InlineData("mm h^-1", RainQuantity.Rate, 1)]
    [InlineData("mm/hour", RainQuantity.Rate, 1)]
    [InlineData("kg m-2 s-1", RainQuantity.Rate, 3600)]
    [InlineData("kg/m2/s", RainQuantity.Rate, 3600)]
    [InlineData("kg m**-2 s**-1", RainQuantity.Rate, 3600)]
    [InlineData("m s-1", RainQuantity.Rate, 3.6e6)]
    [InlineData("mm day-1", RainQuantity.Rate, 1 / 24.0)]
    [InlineData("kg m-2", RainQuantity.Accumulation, 1)]
    [InlineData("kg m**-2", RainQuantity.Accumulation, 1)]
    [InlineData("kg.m-2", RainQuantity.Accumulation, 1)]
    [InlineData("mm", RainQuantity.Accumulation, 1)]
    [InlineData("m", RainQuantity.Accumulation, 1000)]
    [InlineData("dBZ", RainQuantity.Reflectivity, 1)]
    [InlineData("DBZ", RainQuantity.Reflectivity, 1)]
    public void UnitsAreFoundInTheirManySpellings(string text, RainQuantity quantity, double factor)
    {
        var units = RainUnits.Find(text);
        Assert.NotNull(units);
        Assert.Equal((quantity, factor), (units.Quantity, units.Factor));
    }

    [Theory]
    [InlineData("K")]
    [InlineData("1")]
    [InlineData("m2 s-2")]
    public void UnitsOfOtherThingsAreNotTakenForRain(string text) => Assert.Null(RainUnits.Find(text));

    [Fact]
    public void ANegativeRateIsMissingUnlessPackingMadeItFromZero()
    {
        var decoder = new PixelDecoder
        {
            Units = RainUnits.Find("mm h-1")!, ZRelation = ZRelation.MarshallPalmer, Scale = 0.1, Offset = -0.04,
        };
        Assert.Equal(0, decoder.RainRate(0));
        Assert.Equal(0.06f, decoder.RainRate(1), 1e-6f);
        Assert.Equal(float.NaN, decoder.RainRate(-1));
    }

    [Fact]
    public void ReflectivityWithoutEchoIsExactlyDry()
    {
        Assert.Equal(0, ZRelation.MarshallPalmer.RainRate(-32));
        Assert.Equal(0, ZRelation.MarshallPalmer.RainRate(double.NegativeInfinity));
        Assert.Equal(0, ZRelation.MarshallPalmer.RainRate(2));
        // 23 dBZ are 1 mm/h: 10 log10(200).
        Assert.Equal(1, ZRelation.MarshallPalmer.RainRate(10 * Math.Log10(200)), 1e-12);
    }

    [Fact]
    public void LongitudesBeyondTheDateLineBecomeOneAxis()
    {
        var axis = Longitudes.Fit("lon", [179.0, -180, -179], isSingle: false);
        Assert.Equal((3, 1, 178.5), (axis.Count, axis.Spacing, axis.LowEdge));
        Assert.Equal(-91.6, Longitudes.Fit("lon", [268.405, 268.415, 268.425], isSingle: false).LowEdge);
    }

    [Fact]
    public void UnevenCoordinatesAreRefusedByName()
    {
        var error = Assert.Throws<FormatException>(() => RegularAxis.Fit("lat", [50, 49.5, 48.7], 1, isSingle: false));
        Assert.Contains("lat", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnAccumulationOfUnknownPeriodIsRefusedUntilTheSourceIsToldIt()
    {
        var path = _folder.File("unknown.nc");
        new CfVariant { Units = "mm", StandardName = "rainfall_amount" }.Write(path, Sample.RadarFrame(rate: 2));
        Assert.Contains("over which period", Assert.Throws<RadarFileException>(() => RadarFormats.Open(path)).Message,
            StringComparison.Ordinal);
        using var file = RadarFormats.Open(path, new() { AccumulationPeriod = TimeSpan.FromMinutes(15) });
        Assert.All(file.Read(0).RainRate, r => Assert.Equal(8, r, 1e-5f));
    }

    [Fact]
    public void AccumulationsOfOneFileThatFollowEachOtherHoldWhatFellSinceTheOneBefore()
    {
        var path = _folder.File("series.nc");
        new CfVariant { Units = "mm", StandardName = "rainfall_amount", Time = TimeStyle.Dimension }
            .Write(path, Sample.RadarFrame(rate: 1), Sample.RadarFrame(at: Sample.Time.AddMinutes(10), rate: 2));
        using var file = RadarFormats.Open(path);
        Assert.Equal(12, file.Read(1).RainRate[0], 1e-4f);
    }

    [Fact]
    public void TheNamedVariableIsReadWhereAFileHasSeveral()
    {
        var path = _folder.File("two.nc");
        using (var file = NetCdfFile.Create(path))
        {
            var grid = Sample.RadarGrid(3, 2);
            var (y, x) = CfRadarWriter.WriteGrid(file.Root, grid);
            file.Root.Attributes.Put("time_coverage_end", "2024-05-01T12:00:00Z");
            foreach (var (name, value) in ((string, float)[])[("rain_rate_a", 1), ("rain_rate_b", 2)])
            {
                var variable = file.Root.DefineVariable(name, NetCdfType.Float32, y, x);
                variable.Attributes.Put("units", "mm h-1");
                variable.Attributes.Put("grid_mapping", "crs");
                variable.Write<float>(Enumerable.Repeat(value, 6).ToArray());
            }
            file.Close();
        }
        using var second = RadarFormats.Open(path, new() { Variable = "rain_rate_b", GridName = "mine" });
        Assert.Equal(2, second.Read(0).RainRate[0]);
        Assert.Equal("mine", second.Grid.Name);
        Assert.Contains("'rain_rate_c'", Assert.Throws<RadarFileException>(() =>
            RadarFormats.Open(path, new() { Variable = "rain_rate_c" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AScanThatIsWrittenAsCfComesBackToAHundredthOfAMillimetre()
    {
        var frame = Sample.RadarFrame(Sample.RadarGrid(30, 20, "+proj=longlat +ellps=WGS84", 0.01, 5, 50));
        using var file = RadarFormats.Open(Sample.RadarFile(_folder, frame));
        Assert.Equal(frame.Grid, file.Grid);
        Assert.Equal("radar_20240501T120000Z.nc", Path.GetFileName(file.Path));
        Assert.All(frame.RainRate.Zip(file.Read(0).RainRate), pair => Assert.Equal(pair.First, pair.Second, 0.00501f));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.part"));
    }
}
