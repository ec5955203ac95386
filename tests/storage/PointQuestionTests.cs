using System.Diagnostics;
using System.Globalization;
using ConvLstm.Nowcast.Files;
using ConvLstm.Nowcast.Ingest;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

public sealed class PointQuestionTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private const double SphereRadius = 6371000;
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task RainAtIsThePixelOfTheForecastOnALongitudeLatitudeGrid()
    {
        var grid = Sample.LonLatGrid();
        await CompareAsync(grid, Places(grid, 3400));
    }

    [Fact]
    public async Task RainAtIsThePixelOfTheForecastOnAProjectedGrid()
    {
        var grid = Sample.SphereGrid();
        var places = Places(grid, 3400).Select(place => (InverseLambert(place.X, place.Y, lat0: 55, lon0: 10), place.Pixel));

        await CompareAsync(grid, places.Select(place => (place.Item1.Lon, place.Item1.Lat, place.Pixel)));
    }

    [Fact]
    public async Task RainAtIsThePixelOfTheForecastOnAProjectionWithItsOwnEllipsoid()
    {
        var grid = Sample.StereographicGrid();
        var places = Places(grid, 3400).ToList();
        var lonLat = await InverseByProjAsync(grid.Proj, places.Select(place => (place.X, place.Y)));

        await CompareAsync(grid, places.Zip(lonLat, (place, at) => (at.Lon, at.Lat, place.Pixel)));
    }

    [Fact]
    public async Task ProbabilitiesAreThoseOfTheForecastFromZeroToOne()
    {
        var grid = Sample.LonLatGrid();
        var forecast = Sample.Forecast(grid);
        await PublishAloneAsync(forecast);
        var pixel = Array.FindIndex(forecast.RainRate[1], 4000, rate => rate > 3);

        var rows = await test.Database.Queries.RainAtAsync(grid.CentreX(pixel % grid.Width), grid.CentreY(pixel / grid.Width), Sample.Noon,
            _cancellation);

        float?[] found = [rows[1].P01, rows[1].P1, rows[1].P5, rows[1].P10];
        for (var threshold = 0; threshold < 4; threshold++)
            Assert.Equal(forecast.ExceedanceProbability[threshold][1][pixel], found[threshold]!.Value, 5);
        Assert.Equal(10, rows[1].LeadMinutes);
        Assert.Equal(Sample.Noon.AddMinutes(10), rows[1].ValidTime);
    }

    [Fact]
    public async Task AThresholdThatTheRunDoesNotHaveIsNullAndItsOwnAreInExceedanceAt()
    {
        var grid = Sample.LonLatGrid();
        await PublishAloneAsync(Sample.Forecast(grid, leads: 1, thresholds: [0.1f, 2.5f], rate: _ => Sample.Even(grid, 2.5f)));

        var row = Assert.Single(await test.Database.Queries.RainAtAsync(152.5, -27.5, Sample.Noon, _cancellation));

        Assert.NotNull(row.P01);
        Assert.Null(row.P1);
        Assert.Null(row.P10);
        Assert.Equal(0.5f, await test.ScalarAsync<float>(
            "SELECT probability FROM nowcast.exceedance_at(152.5, -27.5, $1) WHERE threshold_mm_h = 2.5::real", Sample.Noon));
    }

    [Theory]
    [InlineData(151.99, -27.5)]
    [InlineData(153.51, -27.5)]
    [InlineData(152.5, -26.99)]
    [InlineData(152.5, -28.01)]
    [InlineData(double.NaN, 0)]
    [InlineData(-27, 1000)]
    public async Task OutsideOfEveryGridThereIsNoRow(double lon, double lat)
    {
        await PublishAloneAsync(Sample.Forecast(Sample.LonLatGrid()));

        Assert.Empty(await test.Database.Queries.RainAtAsync(lon, lat, Sample.Noon, _cancellation));
    }

    [Fact]
    public async Task ANotObservedPixelIsNullNotDry()
    {
        await PublishAloneAsync(Sample.Forecast(Sample.LonLatGrid()));

        var rows = await test.Database.Queries.RainAtAsync(152.005, -27.005, Sample.Noon, _cancellation);

        Assert.Equal(3, rows.Count);
        Assert.All(rows, row => Assert.Null(row.RainMmH));
        Assert.All(rows, row => Assert.Null(row.P1));
    }

    [Fact]
    public async Task TheRunThatAnswersIsTheNewestAtThatTimeAndOfTheFirstMethod()
    {
        var grid = Sample.LonLatGrid(width: 70, height: 70);
        await ClearAsync();
        await Publish(0, "persistence", 1);
        await Publish(0, "model", 2);
        await Publish(0, "extrapolation", 3);
        await Publish(5, "persistence", 4);

        Assert.Equal(2, await AnswerAt(0));
        Assert.Equal(2, await AnswerAt(4.9));
        Assert.Equal(4, await AnswerAt(5));
        Assert.Equal(4, await AnswerAt(600));
        Assert.Null(await AnswerAt(-1));

        Task Publish(int minutes, string method, float value) => test.Database.Forecasts.PublishAsync(
            Sample.Forecast(grid, Sample.Noon.AddMinutes(minutes), method: method, rate: _ => Sample.Even(grid, value)), _cancellation);

        async Task<float?> AnswerAt(double minutes) =>
            (await test.Database.Queries.RainAtAsync(152.3, -27.3, Sample.Noon.AddMinutes(minutes), _cancellation)) is [var first, ..]
                ? first.RainMmH : null;
    }

    [Fact]
    public async Task WhereTwoGridsOverlapTheNewestRunAnswersThenTheFinestPixel()
    {
        await ClearAsync();
        var coarse = Sample.LonLatGrid(width: 60, height: 60) with { PixelX = 0.02, PixelY = 0.02 };
        var fine = Sample.LonLatGrid(width: 60, height: 60);
        await test.Database.Forecasts.PublishAsync(Sample.Forecast(coarse, rate: _ => Sample.Even(coarse, 1)), _cancellation);
        await test.Database.Forecasts.PublishAsync(Sample.Forecast(fine, rate: _ => Sample.Even(fine, 2)), _cancellation);
        await test.Database.Forecasts.PublishAsync(Sample.Forecast(coarse, Sample.Noon.AddMinutes(5), rate: _ => Sample.Even(coarse, 3)),
            _cancellation);

        Assert.Equal(2, (await test.Database.Queries.RainAtAsync(152.3, -27.3, Sample.Noon, _cancellation))[0].RainMmH);
        Assert.Equal(1, (await test.Database.Queries.RainAtAsync(152.9, -27.9, Sample.Noon, _cancellation))[0].RainMmH);
        Assert.Equal(3, (await test.Database.Queries.RainAtAsync(152.3, -27.3, Sample.Noon.AddMinutes(5), _cancellation))[0].RainMmH);
    }

    [Fact]
    public async Task RainStartsCountsFromTheTimeOfTheQuestion()
    {
        var grid = Sample.LonLatGrid(width: 70, height: 70);
        await PublishAloneAsync(
            Sample.Forecast(grid, leads: 6, rate: lead => Sample.Even(grid, lead switch { < 2 => 0, < 4 => 0.4f, _ => 3 })));

        Assert.Equal(25, await Ask(0.5, 0));
        Assert.Equal(22, await Ask(0.5, 3));
        Assert.Equal(15, await Ask(0.4, 0));
        Assert.Equal(0, await Ask(0.5, 30));
        Assert.Null(await Ask(0.5, 31));
        Assert.Null(await Ask(5, 0));

        Task<double?> Ask(double threshold, double minutes) =>
            test.Database.Queries.RainStartsAsync(152.3, -27.3, threshold, Sample.Noon.AddMinutes(minutes), _cancellation);
    }

    [Fact]
    public async Task DepthAddsUpTheStepsInTheMinutesAsked()
    {
        var grid = Sample.LonLatGrid(width: 70, height: 70);
        await PublishAloneAsync(Sample.Forecast(grid, leads: 6, rate: lead => Sample.Even(grid, 6 * (lead + 1))));

        // Rates 6, 12, … 36 mm/h for 5 minutes each are 0.5, 1, … 3 mm.
        var all = await test.Database.Queries.DepthAtAsync(152.3, -27.3, 30, Sample.Noon, _cancellation);
        Assert.Equal((10.5, 30), (Math.Round(all.DepthMm!.Value, 9), all.CoveredMinutes));
        var part = await test.Database.Queries.DepthAtAsync(152.3, -27.3, 5, Sample.Noon.AddMinutes(2), _cancellation);
        Assert.Equal((0.3 + 0.4, 5), (Math.Round(part.DepthMm!.Value, 9), part.CoveredMinutes));
        var over = await test.Database.Queries.DepthAtAsync(152.3, -27.3, 60, Sample.Noon.AddMinutes(25), _cancellation);
        Assert.Equal((3, 5), (Math.Round(over.DepthMm!.Value, 9), over.CoveredMinutes));
        var after = await test.Database.Queries.DepthAtAsync(152.3, -27.3, 60, Sample.Noon.AddMinutes(90), _cancellation);
        Assert.Equal((null, 0), (after.DepthMm, after.CoveredMinutes));
    }

    [Fact]
    public async Task TheQuestionsAnswerWhateverPathTheirCallerHasSet()
    {
        await PublishAloneAsync(Sample.Forecast(Sample.LonLatGrid(width: 70, height: 70)));
        await using var connection = await test.Database.DataSource.OpenConnectionAsync(_cancellation);
        await using var transaction = await connection.BeginTransactionAsync(_cancellation);
        await using (var path = new NpgsqlCommand("SET LOCAL search_path = ''", connection))
            await path.ExecuteNonQueryAsync(_cancellation);
        await using var questions = new NpgsqlCommand(
            """
            SELECT ARRAY[(SELECT count(*) FROM nowcast.rain_at(152.3, -27.3, $1)), (SELECT count(*) FROM nowcast.exceedance_at(152.3, -27.3, $1)),
                         (SELECT count(*) FROM nowcast.depth_at(152.3, -27.3, 60, $1)), (SELECT count(nowcast.rain_starts(152.3, -27.3, 0, $1))),
                         (SELECT count(*) FROM nowcast.rain_over(area, $1)), (SELECT count(*) FROM nowcast.rain_over(public.ST_ForceCollection(area), $1)),
                         (SELECT count(*) FROM nowcast.rain_over(public.ST_Transform(area, 3857), $1))]
            FROM public.ST_MakeEnvelope(152.1, -27.4, 152.4, -27.1, 4326) AS area
            """, connection)
        { Parameters = { new() { Value = Sample.Noon } } };

        var rows = (long[])(await questions.ExecuteScalarAsync(_cancellation))!;
        Assert.Equal([3, 12, 1, 1, 3, 3, 3], rows);
    }

    private async Task CompareAsync(RadarGrid grid, IEnumerable<(double Lon, double Lat, int Pixel)> places)
    {
        var made = Sample.Forecast(grid, leads: 2);
        await PublishAloneAsync(made);
        using var folder = new TemporaryFolder();
        ForecastFile.Write(folder.File("run.nc"), made, TimeProvider.System, _cancellation);
        var forecast = ForecastFile.Read(folder.File("run.nc"));
        var list = places.ToArray();
        await using var command = test.Database.DataSource.CreateCommand(
            """
            SELECT place.n, rain.lead_minutes, rain.rain_mm_h
            FROM unnest($1, $2) WITH ORDINALITY AS place (lon, lat, n) CROSS JOIN LATERAL nowcast.rain_at(place.lon, place.lat, $3) AS rain
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = list.Select(place => place.Lon).ToArray() },
            new() { Value = list.Select(place => place.Lat).ToArray() },
            new() { Value = Sample.Noon },
        });
        await using var rows = await command.ExecuteReaderAsync(_cancellation);
        var compared = 0;
        var differing = new HashSet<float>();
        while (await rows.ReadAsync(_cancellation))
        {
            var expected = forecast.RainRate[(int)(rows.GetDouble(1) / 5) - 1][list[rows.GetInt64(0) - 1].Pixel];
            var found = rows.IsDBNull(2) ? float.NaN : rows.GetFloat(2);
            Assert.Equal(expected, found);
            differing.Add(expected);
            compared++;
        }
        Assert.Equal(2 * list.Length, compared);
        Assert.True(differing.Count > 100, "the field is too even to show that the right pixel was read");
    }

    /// <summary>Places in the middle of random pixels, off their centre, and the pixels.</summary>
    private static IEnumerable<(double X, double Y, int Pixel)> Places(RadarGrid grid, int count)
    {
        var random = new Random(5);
        for (var i = 0; i < count; i++)
        {
            var (column, row) = (random.Next(grid.Width), random.Next(grid.Height));
            yield return (
                grid.OriginX + ((column + 0.05 + (0.9 * random.NextDouble())) * grid.PixelX),
                grid.OriginY - ((row + 0.05 + (0.9 * random.NextDouble())) * grid.PixelY),
                (row * grid.Width) + column);
        }
    }

    /// <summary>Snyder 1987, Map Projections: A Working Manual (USGS Professional Paper 1395), eq. 20-14 to 20-18 and 24-16.</summary>
    private static (double Lon, double Lat) InverseLambert(double x, double y, double lat0, double lon0)
    {
        var phi1 = lat0 * Math.PI / 180;
        var rho = Math.Sqrt((x * x) + (y * y));
        var c = 2 * Math.Asin(rho / (2 * SphereRadius));
        var lat = Math.Asin((Math.Cos(c) * Math.Sin(phi1)) + (y * Math.Sin(c) * Math.Cos(phi1) / rho));
        var lon = Math.Atan2(x * Math.Sin(c), (rho * Math.Cos(phi1) * Math.Cos(c)) - (y * Math.Sin(phi1) * Math.Sin(c)));
        return (lon0 + (lon * 180 / Math.PI), lat * 180 / Math.PI);
    }

    private static async Task<List<(double Lon, double Lat)>> InverseByProjAsync(string proj, IEnumerable<(double X, double Y)> places)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo("invproj", ["-f", "%.10f", .. proj.Split(' ')])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("invproj is not installed (Debian: proj-bin)");
            return [];
        }
        using (process)
        {
            var reading = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            foreach (var (x, y) in places)
                await process.StandardInput.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{x:F6} {y:F6}"));
            process.StandardInput.Close();
            return (await reading).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t', ' '))
                .Select(words => (double.Parse(words[0], CultureInfo.InvariantCulture),
                    double.Parse(words[1], CultureInfo.InvariantCulture))).ToList();
        }
    }

    private async Task PublishAloneAsync(RainForecast forecast)
    {
        await ClearAsync();
        await test.Database.Forecasts.PublishAsync(forecast, _cancellation);
    }

    /// <summary>Runs of other tests of this class must not answer.</summary>
    private async Task ClearAsync()
    {
        await using var command = test.Database.DataSource.CreateCommand("UPDATE nowcast.run SET is_sane = false");
        await command.ExecuteNonQueryAsync(_cancellation);
    }
}
