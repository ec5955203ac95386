using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Rasters;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

public sealed class AmountsFromTheMean(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    // Over whole tiles and parts of others.
    private const string Box =
        """{"type":"Polygon","coordinates":[[[152.1,-27.1],[153.3,-27.1],[153.3,-27.8],[152.1,-27.8],[152.1,-27.1]]]}""";

    [Fact]
    public async Task OverAnAreaTheMeanAndTheDepthAreOfTheMeanAndTheHighestRateAndTheWetShareOfTheMap()
    {
        var grid = Sample.LonLatGrid();
        var at = Sample.Noon.AddDays(10);
        var forecast = Sample.Forecast(grid, at, mean: r => (0.6f * r) + 0.03f);
        var run = await test.Database.Forecasts.PublishAsync(forecast, _cancellation);
        var inside = Enumerable.Range(0, grid.PixelCount).Where(pixel => Within(grid, pixel)).ToArray();

        var rows = await test.Database.Queries.RainOverAsync(Box, at, _cancellation);

        var depth = 0.0;
        for (var lead = 0; lead < 3; lead++)
        {
            var known = inside.Where(pixel => !float.IsNaN(forecast.RainRate[lead][pixel])).ToArray();
            var mean = known.Average(pixel => forecast.MeanRate[lead][pixel]);
            depth += mean * 5 / 60;
            Assert.Equal(mean, rows[lead].MeanMmH!.Value, 1e-4);
            Assert.Equal(depth, rows[lead].MeanDepthMm!.Value, 1e-4);
            Assert.Equal(known.Max(pixel => forecast.RainRate[lead][pixel]), rows[lead].MaxMmH!.Value, 1e-4);
            Assert.Equal(known.Count(pixel => forecast.RainRate[lead][pixel] > 0.1f) / (double)known.Length, rows[lead].WetFraction!.Value,
                1e-6);
        }
        Assert.Equal(forecast.MeanRate, (await test.Database.Queries.LoadRunAsync(run.RunId, _cancellation)).MeanRate);
    }

    [Fact]
    public async Task AtAPlaceBothRatesAreSaidAndTheDepthIsOfTheMean()
    {
        var grid = Sample.LonLatGrid();
        var at = Sample.Noon.AddDays(11);
        var forecast = Sample.Forecast(grid, at, rate: lead => Sample.Even(grid, 4 + lead), mean: r => r / 4);
        await test.Database.Forecasts.PublishAsync(forecast, _cancellation);

        var rows = await test.Database.Queries.RainAtAsync(152.5, -27.5, at, _cancellation);
        var depth = await test.Database.Queries.DepthAtAsync(152.5, -27.5, 15, at, _cancellation);
        var starts = await test.Database.Queries.RainStartsAsync(152.5, -27.5, 3, at, _cancellation);

        Assert.Equal([4f, 5, 6], rows.Select(r => r.RainMmH!.Value));
        Assert.Equal([1f, 1.25f, 1.5f], rows.Select(r => r.ExpectedMmH!.Value));
        Assert.Equal((1 + 1.25 + 1.5) * 5 / 60, depth.DepthMm!.Value, 1e-9);
        Assert.Equal(5, starts);
    }

    [Fact]
    public async Task ARunOfAnEarlierVersionIsAnsweredByItsOneRate()
    {
        var grid = Sample.LonLatGrid();
        var at = Sample.Noon.AddDays(12);
        var forecast = Sample.Forecast(grid, at, rate: _ => Sample.Even(grid, 4), mean: r => r / 4);
        await test.Database.Forecasts.PublishAsync(forecast, _cancellation);
        await test.ScalarAsync<long>(
            "WITH old AS (UPDATE nowcast.forecast_strip SET means = NULL WHERE issue_time = $1 RETURNING 1) SELECT count(*) FROM old", at);

        Assert.All(await test.Database.Queries.RainAtAsync(152.5, -27.5, at, _cancellation), row => Assert.Equal(4, row.ExpectedMmH));

        var tiles = new TileLayout(grid, 4326, 64);
        var wkb = new RasterWriter(tiles, rates: 1, probabilities: 1)
            .Write(0, 0, [forecast.RainRate[0]], [Enumerable.Repeat((byte)40, grid.PixelCount).ToArray()]);
        var (mean, probability) = (new float[grid.PixelCount], new float[grid.PixelCount]);
        RasterReader.ReadMean(wkb, tiles, 0, 0, mean);
        RasterReader.ReadProbability(wkb, tiles, 0, 0, 0, probability);
        Assert.Equal((4f, 0.4f), (mean[10], probability[10]));
    }

    private static bool Within(RadarGrid grid, int pixel)
    {
        var (x, y) = (grid.CentreX(pixel % grid.Width), grid.CentreY(pixel / grid.Width));
        return x is > 152.1 and < 153.3 && y is < -27.1 and > -27.8;
    }
}
