using ConvLstm.Nowcast.Storage.Verification;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

public sealed class VerificationTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task SkillAddsTheCountsUpBeforeItDivides()
    {
        var grid = Sample.LonLatGrid(width: 20, height: 20);
        var one = await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid), _cancellation);
        var two = await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid, Sample.Noon.AddMinutes(5)), _cancellation);
        await test.Database.Verification.StoreAsync(one.RunId, [Scores(5, hits: 90, misses: 5, falseAlarms: 5, fss: (1, 10))],
            _cancellation);
        await test.Database.Verification.StoreAsync(two.RunId, [Scores(5, hits: 1, misses: 4, falseAlarms: 5, fss: (9, 10))],
            _cancellation);

        var row = Assert.Single(await test.Database.Verification.SkillAsync(grid.Name, _cancellation));

        // The mean of the two CSI would be (0.9 + 0.1) / 2.
        Assert.Equal(91.0 / 110, row.Csi!.Value, 12);
        Assert.Equal(91.0 / 100, row.Pod!.Value, 12);
        Assert.Equal(10.0 / 101, row.Far!.Value, 12);
        Assert.Equal(101.0 / 100, row.Bias!.Value, 12);
        Assert.Equal(0.5, row.Fss!.Value, 12);
        Assert.Equal(2, row.Maps);
        Assert.Equal(20.0 / 200, row.Crps!.Value, 12);
        Assert.Equal(30.0 / 200, row.Mae!.Value, 12);
    }

    [Fact]
    public async Task AScoreWithNothingToDivideByIsNull()
    {
        var grid = Sample.LonLatGrid(width: 20, height: 20);
        var run = await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid), _cancellation);
        await test.Database.Verification.StoreAsync(run.RunId, [Scores(5, hits: 0, fss: (0, 0))], _cancellation);

        var row = Assert.Single(await test.Database.Verification.SkillAsync(grid.Name, _cancellation));

        Assert.Null(row.Csi);
        Assert.Null(row.Fss);
    }

    [Fact]
    public async Task AMapVerifiedAgainIsCountedOnce()
    {
        var grid = Sample.LonLatGrid(width: 20, height: 20);
        var run = await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid), _cancellation);
        await test.Database.Verification.StoreAsync(run.RunId, [Scores(5, hits: 1, misses: 1)], _cancellation);
        await test.Database.Verification.StoreAsync(run.RunId, [Scores(5, hits: 3, misses: 1)], _cancellation);

        Assert.Equal(0.75, Assert.Single(await test.Database.Verification.SkillAsync(grid.Name, _cancellation)).Csi);
    }

    [Fact]
    public async Task AMapWaitsForVerificationFromItsScanUntilItsScores()
    {
        var grid = Sample.LonLatGrid(width: 20, height: 20);
        var run = await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid), _cancellation);
        Assert.Empty(await test.Database.Verification.PendingAsync(grid.Name, Sample.Noon, _cancellation));

        await test.Database.Scans.StoreAsync(Sample.RadarFrame(grid, Sample.Noon.AddMinutes(10)), "x", cancellation: _cancellation);
        var pending = Assert.Single(await test.Database.Verification.PendingAsync(grid.Name, Sample.Noon, _cancellation));
        Assert.Equal((run.RunId, 600, Sample.Noon.AddMinutes(10)), (pending.RunId, pending.LeadSeconds, pending.ValidTime));

        await test.Database.Verification.StoreAsync(run.RunId, [Scores(10, hits: 1)], _cancellation);
        Assert.Empty(await test.Database.Verification.PendingAsync(grid.Name, Sample.Noon, _cancellation));
    }

    [Fact]
    public async Task AMapIsVerifiedByTheNearestScanWithinAQuarterOfTheStep()
    {
        var grid = Sample.LonLatGrid(width: 20, height: 20);
        var noon = Sample.Noon.AddDays(1);
        await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid, noon), _cancellation);
        foreach (var seconds in new[] { 380, 520, 590, 640, 830 })
            await test.Database.Scans.StoreAsync(Sample.RadarFrame(grid, noon.AddSeconds(seconds)), "x", cancellation: _cancellation);

        var pending = await test.Database.Verification.PendingAsync(grid.Name, noon, _cancellation);

        Assert.Equal([(600, noon.AddSeconds(590)), (900, noon.AddSeconds(830))], pending.Select(p => (p.LeadSeconds, p.ValidTime)));
    }

    [Fact]
    public async Task CorrelationAndErrorsFollowFromTheSums()
    {
        var grid = Sample.LonLatGrid(width: 20, height: 20);
        var run = await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid), _cancellation);
        double[] f = [1, 4, 2, 8], o = [2, 3, 1, 9];
        var scores = Scores(5, hits: 1) with
        {
            Pixels = 4,
            SumForecast = f.Sum(),
            SumObserved = o.Sum(),
            SumForecastSquared = f.Sum(x => x * x),
            SumObservedSquared = o.Sum(x => x * x),
            SumProduct = f.Zip(o, (a, b) => a * b).Sum(),
            SumSquaredError = f.Zip(o, (a, b) => (a - b) * (a - b)).Sum(),
        };
        await test.Database.Verification.StoreAsync(run.RunId, [scores], _cancellation);

        var correlation = await test.ScalarAsync<double>("SELECT correlation FROM nowcast.skill WHERE grid = $1", grid.Name);
        Assert.Equal(MathNet.Numerics.Statistics.Correlation.Pearson(f, o), correlation, 12);
        Assert.Equal(1, await test.ScalarAsync<double>("SELECT rmse FROM nowcast.skill WHERE grid = $1", grid.Name), 12);
    }

    internal static LeadScores Scores(
        int minutes, long hits, long misses = 0, long falseAlarms = 0, (double Difference, double Reference)? fss = null) => new(
        TimeSpan.FromMinutes(minutes), 100, 50, 60, 15, 20, 70, 80, 60, 100, 10,
        [
            new ThresholdScores(
                1, hits, misses, falseAlarms, 1000, 100, 12, [new ReliabilityBin(60, 6, 5), new ReliabilityBin(40, 30, 29)],
                fss is { } parts ? [new FssParts(10, parts.Difference, parts.Reference), new FssParts(1, 1, 2)] : []),
        ]);
}
