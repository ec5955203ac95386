using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Queries;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

public sealed class AreaQuestionTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    /// <summary>A five-cornered area with a notch, over several tiles, in degrees.</summary>
    private static readonly (double X, double Y)[] Catchment =
        [(152.21, -27.13), (153.13, -27.31), (152.83, -27.52), (153.07, -27.87), (152.37, -27.79)];

    [Fact]
    public async Task RainOverIsTheSumOverThePixelsInTheArea()
    {
        var grid = Sample.LonLatGrid();
        var forecast = Sample.Forecast(grid);
        await test.Database.Forecasts.PublishAsync(forecast, _cancellation);
        var inside = Enumerable.Range(0, grid.PixelCount)
            .Where(pixel => Contains(Catchment, grid.CentreX(pixel % grid.Width), grid.CentreY(pixel / grid.Width))).ToArray();

        var rows = await test.Database.Queries.RainOverAsync(GeoJson(Catchment), Sample.Noon, _cancellation);

        Assert.Equal(3, rows.Count);
        var depth = 0.0;
        for (var lead = 0; lead < 3; lead++)
        {
            var rates = inside.Select(pixel => forecast.RainRate[lead][pixel]).Where(rate => !float.IsNaN(rate)).ToArray();
            depth += rates.Average() * 5 / 60;
            // A pixel whose centre lies on the edge may fall on either side.
            Assert.Equal(rates.Average(), rows[lead].MeanMmH!.Value, 0.002 * rates.Average());
            Assert.Equal(rates.Max(), rows[lead].MaxMmH!.Value, 4);
            Assert.Equal(rates.Count(rate => rate > 0.1f) / (double)rates.Length, rows[lead].WetFraction!.Value, 0.002);
            Assert.Equal(depth, rows[lead].MeanDepthMm!.Value, 0.002 * depth);
        }
        Assert.True(inside.Length > 4000);
    }

    /// <summary>Areas of some 500 km² and of several whole tiles, beside numpy.</summary>
    [Theory]
    [InlineData(0.13)]
    [InlineData(0.9)]
    public async Task RainOverIsWhatNumpyMakesOfTheForecast(double radius)
    {
        var grid = Sample.LonLatGrid(width: 300, height: 250);
        var at = Sample.Noon.AddDays(radius < 0.5 ? 1 : 2);
        var forecast = Sample.Forecast(grid, at);
        await test.Database.Forecasts.PublishAsync(forecast, _cancellation);
        var random = new Random(3);
        var corners = Enumerable.Range(0, 40).Select(i => (
            X: 153.41 + (radius * (0.7 + (0.5 * random.NextDouble())) * Math.Cos(i * Math.PI / 20)),
            Y: -28.13 + (radius * (0.7 + (0.5 * random.NextDouble())) * Math.Sin(i * Math.PI / 20)))).ToArray();
        using var folder = new TemporaryFolder();
        var raw = folder.File("rates.raw");
        await File.WriteAllBytesAsync(raw, [.. forecast.RainRate.SelectMany(field =>
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(field.AsSpan()).ToArray())], _cancellation);
        var lines = (await Python.RunAsync("numpy", "storage/area.py",
            [raw, "300", "250", "0.01", "152", "-27", .. corners.SelectMany(c => new[] { Text(c.X), Text(c.Y) })]))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')
                .Select(word => double.Parse(word, System.Globalization.CultureInfo.InvariantCulture)).ToArray()).ToArray();

        var rows = await test.Database.Queries.RainOverAsync(GeoJson(corners), at, _cancellation);

        Assert.Equal(3, rows.Count);
        for (var lead = 0; lead < 3; lead++)
        {
            Assert.InRange(lines[lead][0], radius < 0.5 ? 250 : 10_000, radius < 0.5 ? 1000 : 40_000);
            Assert.Equal(lines[lead][1], rows[lead].MeanMmH!.Value, 0.01 * lines[lead][1]);
            Assert.Equal(lines[lead][2], rows[lead].MaxMmH!.Value, 0.01 * lines[lead][2]);
            Assert.Equal(lines[lead][3], rows[lead].WetFraction!.Value, 0.01 * lines[lead][3]);
        }

        static string Text(double number) => number.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Two islands, one with a lake, over the edge of a projected grid: the pixels whose centres PostGIS finds within.</summary>
    [Fact]
    public async Task AnAreaOfSeveralPartsWithAHoleIsThePixelsWithinIt()
    {
        var grid = Sample.SphereGrid();
        var at = Sample.Noon.AddDays(6);
        var forecast = Sample.Forecast(grid, at);
        await test.Database.Forecasts.PublishAsync(forecast, _cancellation);
        const string Area =
            "ST_Transform(ST_SetSRID(ST_GeomFromText('MULTIPOLYGON(((-350000 100000,-150000 240000,50000 180000,-40000 -90000,-350000 "
                + "100000),(-150000 150000,-60000 160000,-90000 20000,-150000 150000)),((100300 -100700,260000 -120500,180000 "
                + "-250000,100300 -100700)))'), $1), 4326)";
        var srid = (await test.Database.Grids.GetAsync(grid.Name, _cancellation)).Srid;
        var pixels = await test.ScalarAsync<int[]>(
            $"""
            SELECT array_agg(r * {grid.Width} + c) FROM generate_series(0, {grid.Height - 1}) AS r, generate_series(0, {grid.Width - 1}) AS c
            WHERE ST_Intersects(ST_Transform({Area}, $1), ST_SetSRID(ST_Point({grid.OriginX} + (c + 0.5) * {grid.PixelX}, {grid.OriginY} - (r + 0.5) * {grid.PixelY}), $1))
            """, srid);

        await using var command =
            test.Database.DataSource.CreateCommand($"SELECT mean_mm_h, max_mm_h, wet_fraction FROM nowcast.rain_over({Area}, $2)");
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = srid }, new() { Value = at } });
        await using var rows = await command.ExecuteReaderAsync(_cancellation);
        foreach (var field in forecast.RainRate)
        {
            Assert.True(await rows.ReadAsync(_cancellation));
            var rates = pixels.Select(pixel => field[pixel]).Where(rate => !float.IsNaN(rate)).ToArray();
            Assert.Equal(rates.Average(), rows.GetDouble(0), 1e-5);
            Assert.Equal(rates.Max(), rows.GetDouble(1), 1e-5);
            Assert.Equal(rates.Count(rate => rate > 0.1f) / (double)rates.Length, rows.GetDouble(2), 1e-9);
        }
        Assert.InRange(pixels.Length, 5000, 20_000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnAreaLargerThanTheGridIsTheWholeGrid(bool isLonLat)
    {
        var grid = isLonLat ? Sample.LonLatGrid() : Nowcast.Tests.Sample.RadarGrid(40, 30, pixel: 5000, originX: -100_000, originY: 75_000);
        var at = Sample.Noon.AddDays(isLonLat ? 3 : 50);
        var forecast = Sample.Forecast(grid, at);
        await test.Database.Forecasts.PublishAsync(forecast, _cancellation);
        var known = forecast.RainRate[0].Where(rate => !float.IsNaN(rate)).ToArray();

        (double X, double Y)[] around = isLonLat ? [(140, -20), (160, -20), (160, -40), (140, -40)]
            : [(6, 49), (14, 49), (14, 55), (6, 55)];
        foreach (var area in new[] { around, [(-180, -90), (180, -90), (180, 90), (-180, 90)] })
        {
            var row = (await test.Database.Queries.RainOverAsync(GeoJson(area), at, _cancellation))[0];
            Assert.Equal(known.Average(), row.MeanMmH!.Value, 1e-4);
            Assert.Equal(known.Max(), row.MaxMmH!.Value, 1e-4);
            Assert.Equal(known.Count(rate => rate > 0.1f) / (double)known.Length, row.WetFraction!.Value, 1e-9);
        }
    }

    [Fact]
    public async Task AnAreaWithinAPixelIsGivenThatPixel()
    {
        var grid = Sample.LonLatGrid();
        var at = Sample.Noon.AddDays(4);
        var forecast = Sample.Forecast(grid, at);
        await test.Database.Forecasts.PublishAsync(forecast, _cancellation);
        var pixel = Array.FindIndex(forecast.RainRate[0], 9000, rate => rate > 3);
        var (x, y) = (grid.CentreX(pixel % grid.Width), grid.CentreY(pixel / grid.Width));

        // A hundred metres wide, beside the centre.
        var row = (await test.Database.Queries.RainOverAsync(
            GeoJson([(x + 0.002, y), (x + 0.003, y), (x + 0.003, y + 0.001), (x + 0.002, y + 0.001)]), at, _cancellation))[0];

        Assert.Equal(forecast.RainRate[0][pixel], row.MeanMmH!.Value, 1e-4);
        Assert.Equal(1, row.WetFraction);
    }

    [Fact]
    public async Task ADryMapIsZeroAndARunFromBeforeTheStripsIsNoAnswerAfterTheMigration()
    {
        var grid = Sample.LonLatGrid();
        var at = Sample.Noon.AddDays(5);
        var forecast = Sample.Forecast(grid, at, rate: lead => lead == 0 ? Sample.Even(grid, 0) : Sample.Field(grid, lead));
        await test.Database.Forecasts.PublishAsync(forecast, _cancellation);
        var row = (await test.Database.Queries.RainOverAsync(GeoJson(Catchment), at, _cancellation))[0];
        Assert.Equal((0, 0, 0), (row.MeanMmH, row.MaxMmH, row.WetFraction));

        await ExecuteAsync("DELETE FROM nowcast.forecast_strip WHERE issue_time = '2024-07-15 12:00Z'");
        await ExecuteAsync("UPDATE nowcast.migration SET checksum = 'older' WHERE number = 4");
        await ConvLstm.Nowcast.Storage.Migrations.ApplyAsync(test.Database.DataSource, _cancellation);

        Assert.NotEqual(at, (await test.Database.Queries.LatestRunAsync(grid.Name, at, _cancellation))?.IssueTime);
        await test.Database.Forecasts.PublishAsync(forecast, _cancellation);
        Assert.Equal(row, (await test.Database.Queries.RainOverAsync(GeoJson(Catchment), at, _cancellation))[0]);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = test.Database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(_cancellation);
    }

    [Fact]
    public async Task NotObservedPixelsDoNotCount()
    {
        var grid = Sample.LonLatGrid();
        var half = Sample.Even(grid, 4);
        for (var pixel = 0; pixel < half.Length; pixel++)
        {
            if (pixel % grid.Width < 75)
                half[pixel] = float.NaN;
        }
        await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid, Sample.Noon.AddMinutes(10), rate: _ => half), _cancellation);

        var row = await Over([(152.5, -27.2), (153, -27.2), (153, -27.6), (152.5, -27.6)]);
        Assert.Equal(4, row.MeanMmH);
        Assert.Equal(1, row.WetFraction);

        var nothing = await Over([(152.1, -27.2), (152.3, -27.2), (152.3, -27.6), (152.1, -27.6)]);
        Assert.Null(nothing.MeanMmH);
        Assert.Null(nothing.MeanDepthMm);

        async Task<RainOverArea> Over((double, double)[] corners) =>
            (await test.Database.Queries.RainOverAsync(GeoJson(corners), Sample.Noon.AddMinutes(10), _cancellation))[^1];
    }

    [Fact]
    public async Task AnAreaInAnotherProjectionIsTheSameArea()
    {
        var grid = Sample.LonLatGrid();
        await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid, Sample.Noon.AddMinutes(20)), _cancellation);
        const string sql = "SELECT mean_mm_h FROM nowcast.rain_over({0}, $2) LIMIT 1";
        var at = Sample.Noon.AddMinutes(20);

        var degrees = await test.ScalarAsync<double>(sql.Replace("{0}", "ST_GeomFromGeoJSON($1)", StringComparison.Ordinal),
            GeoJson(Catchment), at);
        var metres = await test.ScalarAsync<double>(
            sql.Replace("{0}", "ST_Transform(ST_GeomFromGeoJSON($1), 32756)", StringComparison.Ordinal), GeoJson(Catchment), at);
        var bare = await test.ScalarAsync<double>(
            sql.Replace("{0}", "ST_SetSRID(ST_GeomFromGeoJSON($1), 0)", StringComparison.Ordinal), GeoJson(Catchment), at);

        Assert.Equal(degrees, bare);
        Assert.Equal(degrees, metres, 0.01 * degrees);
    }

    [Fact]
    public async Task AnAreaOutsideOfEveryGridHasNoRow()
    {
        await test.Database.Forecasts.PublishAsync(Sample.Forecast(Sample.LonLatGrid(), Sample.Noon.AddMinutes(30)), _cancellation);

        Assert.Empty(await test.Database.Queries.RainOverAsync(GeoJson([(10, 50), (11, 50), (11, 51)]), null, _cancellation));
    }

    [Fact]
    public async Task APointIsNoAreaAndTheErrorSaysWhatToAsk()
    {
        var error = await Assert.ThrowsAsync<ReportedException>(() =>
            test.Database.Queries.RainOverAsync("""{"type":"Point","coordinates":[152.5,-27.5]}""", null, _cancellation));

        Assert.Contains("rain_at", error.Message);
    }

    [Fact]
    public async Task AMapIsTheTilesOfItsLead()
    {
        var grid = Sample.LonLatGrid();
        await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid, Sample.Noon.AddMinutes(40),
            rate: lead => Sample.Even(grid, lead + 1)),
            _cancellation);
        await using var command = test.Database.DataSource.CreateCommand(
            "SELECT count(*), min(ST_Value(rast, 1, 1, 1)), max(ST_Value(rast, 1, 1, 1)) FROM nowcast.map_at($1, 10, $2)");
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = grid.Name }, new() { Value = Sample.Noon.AddHours(1) } });
        await using var rows = await command.ExecuteReaderAsync(_cancellation);
        await rows.ReadAsync(_cancellation);

        Assert.Equal((6L, 2.0, 2.0), (rows.GetInt64(0), rows.GetDouble(1), rows.GetDouble(2)));
    }

    private static string GeoJson((double X, double Y)[] corners) =>
        "{\"type\":\"Polygon\",\"coordinates\":[[" + string.Join(',',
            corners.Append(corners[0]).Select(corner => FormattableString.Invariant($"[{corner.X},{corner.Y}]"))) + "]]}";

    /// <summary>Even-odd rule: a ray to the east crosses the edges an odd number of times.</summary>
    private static bool Contains((double X, double Y)[] corners, double x, double y)
    {
        var inside = false;
        for (int i = 0, j = corners.Length - 1; i < corners.Length; j = i++)
        {
            var (a, b) = (corners[i], corners[j]);
            if ((a.Y > y) != (b.Y > y) && x < ((b.X - a.X) * (y - a.Y) / (b.Y - a.Y)) + a.X)
                inside = !inside;
        }
        return inside;
    }
}
