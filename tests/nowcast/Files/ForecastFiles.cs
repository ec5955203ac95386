using System.Diagnostics;
using ConvLstm.Nowcast.Files;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Methods;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Files;

public sealed class ForecastFiles
{
    private const string LatLon = "+proj=longlat +ellps=WGS84 +no_defs";

    [Theory]
    [InlineData(Sample.Laea, 1000)]
    [InlineData(LatLon, 0.01)]
    public void AForecastComesBackFromItsFile(string proj, double pixel)
    {
        using var folder = new TemporaryFolder();
        var forecast = Forecast(proj, pixel, members: 3);
        var path = folder.File(ForecastFile.NameFor(forecast.IssueTime));

        ForecastFile.Write(path, forecast, TimeProvider.System, default);
        var back = ForecastFile.Read(path);

        Assert.Equal(forecast.Grid, back.Grid);
        Assert.Equal(forecast.IssueTime, back.IssueTime);
        Assert.Equal(forecast.LeadTimes, back.LeadTimes);
        Assert.Equal(forecast.Thresholds, back.Thresholds);
        Assert.Equal(forecast.AirFromOutside, back.AirFromOutside);
        Assert.Equal(forecast.Provenance.Inputs, back.Provenance.Inputs);
        Assert.Equal(forecast.Provenance.InputQuality, back.Provenance.InputQuality);
        Assert.Equal(
            (forecast.Provenance.Method, forecast.Provenance.ModelVersion, forecast.Provenance.ModelChecksum),
            (back.Provenance.Method, back.Provenance.ModelVersion, back.Provenance.ModelChecksum));
        AssertMaps(forecast.RainRate, back.RainRate, 0.00501f);
        for (var t = 0; t < forecast.Thresholds.Count; t++)
            AssertMaps(forecast.ExceedanceProbability[t], back.ExceedanceProbability[t], 0.000501f);
        for (var m = 0; m < 3; m++)
            AssertMaps(forecast.Members[m], back.Members[m], 0.00501f);
        Assert.Contains(back.RainRate[0], float.IsNaN);
        Assert.Contains(back.RainRate[0], r => r > 1);
    }

    [Theory]
    [InlineData(Sample.Laea, 1000, "y", "x")]
    [InlineData(LatLon, 0.01, "lat", "lon")]
    public async Task TheHeaderHasTheNamesOfTheConventions(string proj, double pixel, string rows, string columns)
    {
        if (!File.Exists("/usr/bin/ncdump"))
            Assert.Skip("ncdump is not installed.");
        using var folder = new TemporaryFolder();
        var path = folder.File("a.nc");
        ForecastFile.Write(path, Forecast(proj, pixel, members: 2), TimeProvider.System, default);

        using var ncdump = Process.Start(new ProcessStartInfo("/usr/bin/ncdump", ["-hs", path]) { RedirectStandardOutput = true })!;
        var header = await ncdump.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.All(
            (string[])
            [
                $"{rows} = 6 ;", $"{columns} = 8 ;", "threshold = 4 ;", "realization = 2 ;", "time = 3 ;",
                $"float rainfall_rate(time, {rows}, {columns}) ;", "rainfall_rate:units = \"mm h-1\" ;",
                "rainfall_rate:standard_name = \"rainfall_rate\" ;",
                "rainfall_rate:grid_mapping = \"crs\" ;", "rainfall_rate:_ChunkSizes = 1, 6, 8 ;", "rainfall_rate:_DeflateLevel = 2 ;",
                $"float probability_of_exceedance(threshold, time, {rows}, {columns}) ;", "probability_of_exceedance:units = \"1\" ;",
                $"float rainfall_rate_members(realization, time, {rows}, {columns}) ;", $"byte air_from_outside(time, {rows}, {columns}) ;",
                "int64 forecast_reference_time ;", "forecast_period:units = \"minutes\" ;", "threshold:units = \"mm h-1\" ;",
                ":Conventions = \"CF-1.8\" ;", ":model_version", ":model_checksum_sha256", ":inputs =", ":inputs_observed_share =",
            ],
            line => Assert.Contains(line, header, StringComparison.Ordinal));
    }

    [Fact]
    public void LeadsThresholdsAndMapsThatCannotBeAreRefusedInOneSentence()
    {
        using var folder = new TemporaryFolder();
        (string Says, double[] Leads, float[] Thresholds)[] wrong =
        [
            ("forecast_period", [10, 5, 15], [0.5f, 1, 2, 5]),
            ("forecast_period", [-5, 5, 15], [0.5f, 1, 2, 5]),
            ("forecast_period", [5, 10, 600_000], [0.5f, 1, 2, 5]),
            ("threshold", [5, 10, 15], [0.5f, float.NaN, 2, 5]),
            ("threshold", [5, 10, 15], [-1, 1, 2, 5]),
            ("threshold", [5, 10, 15], [0.5f, 5, 2, float.PositiveInfinity]),
        ];

        foreach (var (says, leads, thresholds) in wrong)
        {
            var path = folder.File("wrong.nc");
            ForecastFile.Write(path, Forecast(Sample.Laea, 1000, leads: leads, thresholds: thresholds), TimeProvider.System, default);
            var refusal = Assert.Throws<ReportedException>(() => ForecastFile.Read(path));
            Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refusal.Message);
        }
    }

    [Fact]
    public void ARadarReaderFindsTheRatesOfAForecast()
    {
        using var folder = new TemporaryFolder();
        var forecast = Forecast(Sample.Laea, 1000);
        ForecastFile.Write(folder.File("a.nc"), forecast, TimeProvider.System, default);

        using var file = RadarFormats.Open(folder.File("a.nc"));

        Assert.True(file.Grid.CoversTheSame(forecast.Grid));
        Assert.Equal(Enumerable.Range(0, 3).Select(forecast.ValidTime), file.ValidTimes);
        AssertMaps([forecast.RainRate[1]], [file.Read(1).RainRate], 0.00501f);
    }

    [Fact]
    public void TheFileOfARunIsNamedByItsIssueTime() =>
        Assert.Equal("nowcast_20240501T120000Z.nc", ForecastFile.NameFor(Sample.Time));

    [Fact]
    public void AForecastThatStopsHalfwayLeavesTheFileThatWasThere()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.nc");
        File.WriteAllText(path, "yesterday's");

        Assert.Throws<OperationCanceledException>(
            () => ForecastFile.Write(path, Forecast(Sample.Laea, 1000), TimeProvider.System, new CancellationToken(canceled: true)));

        Assert.Equal("yesterday's", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void AFolderThatIsNotThereIsMade()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "a", "b", "c.nc");

        ForecastFile.Write(path, Forecast(Sample.Laea, 1000), TimeProvider.System, default);

        Assert.Equal(3, ForecastFile.Read(path).RainRate.Count);
    }

    [Fact]
    public void AFileInThePlaceOfTheFolderIsAnErrorThatNamesThePath()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("taken"), "");
        var path = Path.Combine(folder.Path, "taken", "a.nc");

        var error = Assert.Throws<ReportedException>(() =>
            ForecastFile.Write(path, Forecast(Sample.Laea, 1000), TimeProvider.System, default));

        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void AScanIsNoForecast()
    {
        using var folder = new TemporaryFolder();
        var path = Sample.RadarFile(folder, Sample.RadarFrame());

        var error = Assert.Throws<ReportedException>(() => ForecastFile.Read(path));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    private static RainForecast Forecast(string proj, double pixel, int members = 0, double[]? leads = null, float[]? thresholds = null)
    {
        var past = Sample.RadarSequence(3, Sample.RadarGrid(proj: proj, pixel: pixel, originX: 4 * pixel, originY: 50 * pixel));
        var forecast = new Persistence()
            .Forecast(past, new ForecastRequest(TimeSpan.FromMinutes(15), ForecastRequest.DefaultThresholds), default);
        return new RainForecast
        {
            Grid = forecast.Grid,
            IssueTime = forecast.IssueTime,
            LeadTimes = leads is null ? forecast.LeadTimes : Array.ConvertAll(leads, TimeSpan.FromMinutes),
            RainRate = forecast.RainRate,
            Thresholds = thresholds ?? forecast.Thresholds,
            ExceedanceProbability = forecast.ExceedanceProbability,
            AirFromOutside = forecast.AirFromOutside,
            Members = Enumerable.Range(1, members)
                .Select(m => forecast.RainRate.Select(map => Array.ConvertAll(map, r => r * m)).ToArray()).ToArray(),
            Provenance = forecast.Provenance with { ModelVersion = "7", ModelChecksum = new string('a', 64) },
        };
    }

    private static void AssertMaps(IReadOnlyList<float[]> expected, IReadOnlyList<float[]> actual, float tolerance)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var lead = 0; lead < expected.Count; lead++)
        {
            for (var i = 0; i < expected[lead].Length; i++)
                Assert.Equal(expected[lead][i], actual[lead][i], tolerance);
        }
    }
}
