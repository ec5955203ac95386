using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Scans;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

public sealed class ScanStoreTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task AScanComesBackBitForBitWithNotObservedAndDryKeptApart()
    {
        var frame = Sample.RadarFrame(Sample.LonLatGrid());
        frame.RainRate[5000] = 1.2345678f;
        frame.RainRate[5001] = float.Epsilon;
        await test.Database.Scans.StoreAsync(frame, "a.nc", cancellation: _cancellation);

        var back = Assert.Single(await test.Database.Scans.LatestAsync(frame.Grid.Name, 5, _cancellation));

        Assert.Equal(frame.ValidTime, back.ValidTime);
        Assert.True(frame.Grid.CoversTheSame(back.Grid));
        Assert.Equal(
            frame.RainRate.Select(BitConverter.SingleToInt32Bits), back.RainRate.Select(BitConverter.SingleToInt32Bits));
        Assert.Contains(back.RainRate, float.IsNaN);
        Assert.Contains(0f, back.RainRate);
    }

    [Fact]
    public async Task AScanThatArrivesTwiceIsStoredOnce()
    {
        var frame = Sample.RadarFrame(Sample.LonLatGrid());

        Assert.Equal(ScanOutcome.Stored, await test.Database.Scans.StoreAsync(frame, "a.nc", cancellation: _cancellation));
        Assert.Equal(ScanOutcome.AlreadyThere, await test.Database.Scans.StoreAsync(frame, "b.nc", cancellation: _cancellation));

        Assert.Equal(1, await test.Database.Scans.CountAsync(frame.Grid.Name, _cancellation));
        var stored = Assert.Single(await test.Database.Scans.ListAsync(frame.Grid.Name, frame.ValidTime, frame.ValidTime, _cancellation));
        Assert.Equal("a.nc", stored.SourceFile);
        Assert.Equal(6L, await test.ScalarAsync<long>(
            "SELECT count(*) FROM nowcast.scan_tile JOIN nowcast.grid USING (grid_id) WHERE name = $1", frame.Grid.Name));
    }

    [Fact]
    public async Task AScanThatArrivesAtOnceFromManySidesIsStoredOnce()
    {
        var frame = Sample.RadarFrame(Sample.LonLatGrid());

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            test.Database.Scans.StoreAsync(frame, $"{i}.nc", cancellation: _cancellation)));

        Assert.Single(outcomes, ScanOutcome.Stored);
        Assert.Single(await test.Database.Scans.LatestAsync(frame.Grid.Name, 9, _cancellation));
    }

    [Fact]
    public async Task TheNewestScansComeOldestFirst()
    {
        var grid = Sample.LonLatGrid(width: 20, height: 10);
        foreach (var minutes in new[] { 0, 5, 20, 25, 30 })
            await test.Database.Scans.StoreAsync(Sample.RadarFrame(grid, Sample.Noon.AddMinutes(minutes), minutes), "x",
                cancellation: _cancellation);

        var newest = await test.Database.Scans.LatestAsync(grid.Name, 4, _cancellation);
        Assert.Equal([5, 20, 25, 30], newest.Select(frame => (frame.ValidTime - Sample.Noon).TotalMinutes));
        Assert.Equal(Sample.Field(grid, 20), newest[1].RainRate);

        var between = await test.Database.Scans.LoadFramesAsync(grid.Name, Sample.Noon.AddMinutes(5), Sample.Noon.AddMinutes(20),
            _cancellation);
        Assert.Equal(2, between.Count);
    }

    [Fact]
    public async Task TheSummaryCountsObservedPixelsOnly()
    {
        var grid = Sample.LonLatGrid(width: 4, height: 2);
        float[] rates = [float.NaN, float.NaN, 0, 0, 0.1f, 0.2f, 1, 2.7f];
        await test.Database.Scans.StoreAsync(new RadarFrame(grid, Sample.Noon, rates), "x", cancellation: _cancellation);

        var summary = (await test.Database.Scans.ListAsync(grid.Name, Sample.Noon, Sample.Noon, _cancellation)).Single().Summary;

        Assert.Equal(0.25, summary.MissingShare);
        Assert.Equal(0.5, summary.WetShare);
        Assert.Equal(0, summary.MinMmH);
        Assert.Equal(4.0 / 6, summary.MeanMmH!.Value, 6);
        Assert.Equal(2.7f, summary.MaxMmH!.Value, 6);
    }

    [Fact]
    public async Task AScanThatSawNothingIsStoredAsSuch()
    {
        var grid = Sample.LonLatGrid(width: 70, height: 3);
        await test.Database.Scans.StoreAsync(new RadarFrame(grid, Sample.Noon, Sample.Even(grid, float.NaN)), "x",
            cancellation: _cancellation);

        var back = Assert.Single(await test.Database.Scans.LatestAsync(grid.Name, 1, _cancellation));

        Assert.All(back.RainRate, rate => Assert.True(float.IsNaN(rate)));
    }

    [Fact]
    public async Task ANameThatStandsForAnotherGridIsRefusedAndNothingIsStored()
    {
        var frame = Sample.RadarFrame(Sample.LonLatGrid());
        await test.Database.Scans.StoreAsync(frame, "a.nc", cancellation: _cancellation);
        var other = frame.Grid with { PixelX = 0.02 };

        var error = await Assert.ThrowsAsync<ReportedException>(() =>
            test.Database.Scans.StoreAsync(Sample.RadarFrame(other, Sample.Noon.AddHours(1)), "b.nc", cancellation: _cancellation));

        Assert.Contains(frame.Grid.Name, error.Message);
        Assert.Contains("0.02", error.Message);
        Assert.Equal(1, await test.Database.Scans.CountAsync(frame.Grid.Name, _cancellation));
    }

    [Theory]
    [InlineData(-0.5f)]
    [InlineData(float.PositiveInfinity)]
    public async Task ARateThatCannotBeIsRefused(float rate)
    {
        var frame = Sample.RadarFrame(Sample.LonLatGrid());
        frame.RainRate[3000] = rate;

        var error = await Assert.ThrowsAsync<ReportedException>(() =>
            test.Database.Scans.StoreAsync(frame, "a.nc", cancellation: _cancellation));

        Assert.Contains(frame.Grid.Name, error.Message);
        Assert.Equal(0, await test.Database.Scans.CountAsync(frame.Grid.Name, _cancellation));
    }

    [Fact]
    public async Task AnUnknownGridIsNamedWithThoseThatThereAre()
    {
        var frame = Sample.RadarFrame(Sample.LonLatGrid());
        await test.Database.Scans.StoreAsync(frame, "a.nc", cancellation: _cancellation);

        var error = await Assert.ThrowsAsync<ReportedException>(() => test.Database.Scans.LatestAsync("nowhere", 1, _cancellation));

        Assert.Contains("nowhere", error.Message);
        Assert.Contains(frame.Grid.Name, error.Message);
    }
}
