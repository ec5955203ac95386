using ConvLstm.Nowcast.Ingest;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

public sealed class SanityTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    public static TheoryData<string, float> Broken => new()
    {
        { "finite", float.PositiveInfinity },
        { "not negative", -3 },
        { "in range", 800 },
        { "something said", float.NaN },
        { "no more rain than grows", 60 },
        { "not blank while it rains", 0.01f },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task ABrokenRunIsKeptButTheOneBeforeGoesOnAnswering(string check, float rate)
    {
        var grid = Sample.LonLatGrid(width: 70, height: 70);
        await test.Database.Scans.StoreAsync(new RadarFrame(grid, Sample.Noon, Sample.Even(grid, 2)), "x", cancellation: _cancellation);
        await test.Database.Scans.StoreAsync(new RadarFrame(grid, Sample.Noon.AddMinutes(5), Sample.Even(grid, 2)), "x",
            cancellation: _cancellation);
        var good = await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid, rate: _ => Sample.Even(grid, 2)), _cancellation);

        var broken = await test.Database.Forecasts.PublishAsync(
            Sample.Forecast(grid, Sample.Noon.AddMinutes(5), rate: _ => Sample.Even(grid, rate)), _cancellation);

        Assert.True(good.IsSane);
        Assert.False(broken.IsSane);
        Assert.Contains(broken.Checks, found => found.Check == check && !found.Passed);
        Assert.Equal(good.RunId, (await test.Database.Queries.LatestRunAsync(grid.Name, null, _cancellation))!.RunId);
        Assert.Equal(check, await test.ScalarAsync<string>(
            "SELECT c ->> 'check' FROM nowcast.run, jsonb_array_elements(checks) AS c WHERE run_id = $1 AND NOT (c -> 'passed')::boolean "
                + "AND c ->> 'check' = $2",
            broken.RunId, check));
    }

    [Fact]
    public async Task ADryForecastAfterADryScanIsSane()
    {
        var grid = Sample.LonLatGrid(width: 70, height: 70);
        await test.Database.Scans.StoreAsync(new RadarFrame(grid, Sample.Noon, Sample.Even(grid, 0)), "x", cancellation: _cancellation);

        var published = await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid, rate: _ => Sample.Even(grid, 0)), _cancellation);

        Assert.True(published.IsSane);
    }
}
