using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Jobs;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

public sealed class ModelStoreTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task ACheckpointComesBackByteForByteWithWhatIsKnownOfIt()
    {
        var checkpoint = new byte[300_000];
        new Random(1).NextBytes(checkpoint);
        var checksum = await test.Database.Models.ImportAsync("round", "convlstm", checkpoint, """{"data": "x"}""", """{"csi": 0.5}""",
            _cancellation);
        Assert.Equal(checksum, await test.Database.Models.ImportAsync("round", "convlstm", checkpoint, "{}", "{}", _cancellation));

        Assert.Equal(checkpoint, await test.Database.Models.CheckpointAsync("round", _cancellation));
        var model = await test.Database.Models.FindAsync("round", _cancellation);
        Assert.Equal((checksum, "convlstm", 300_000, """{"data": "x"}"""),
            (model!.Checksum, model.Network, model.CheckpointBytes, model.Metadata));
    }

    [Fact]
    public async Task AnotherFileUnderTheSameVersionIsRefused()
    {
        await test.Database.Models.ImportAsync("taken", "n", [1], "{}", "{}", _cancellation);

        var error = await Assert.ThrowsAsync<ReportedException>(() =>
            test.Database.Models.ImportAsync("taken", "n", [2], "{}", "{}", _cancellation));

        Assert.Contains("taken", error.Message);
        Assert.Equal([1], await test.Database.Models.CheckpointAsync("taken", _cancellation));
    }

    [Fact]
    public async Task RollingBackBringsTheModelBeforeBack()
    {
        Assert.Null(await test.Database.Models.PromotedAsync(_cancellation));
        await Assert.ThrowsAsync<ReportedException>(() => test.Database.Models.RollBackAsync(_cancellation));
        await Assert.ThrowsAsync<ReportedException>(() => test.Database.Models.PromoteAsync("unknown", "", _cancellation));
        foreach (var version in new[] { "one", "two", "three" })
        {
            await test.Database.Models.ImportAsync(version, "n", [(byte)version.Length], "{}", "{}", _cancellation);
            await test.Database.Models.PromoteAsync(version, "better", _cancellation);
        }

        Assert.Equal("three", (await test.Database.Models.PromotedAsync(_cancellation))!.Version);
        Assert.Equal("two", (await test.Database.Models.RollBackAsync(_cancellation))!.Version);
        Assert.Equal("one", (await test.Database.Models.RollBackAsync(_cancellation))!.Version);
        await test.Database.Models.PromoteAsync("three", "again", _cancellation);
        Assert.Equal("one", (await test.Database.Models.RollBackAsync(_cancellation))!.Version);
        Assert.Null(await test.Database.Models.RollBackAsync(_cancellation));
    }

    [Fact]
    public async Task JobsAreNotedFromBeginningToEnd()
    {
        var running = test.Database.Jobs.Begin("ingest");
        Assert.Equal("running", Assert.Single(await test.Database.Jobs.ListAsync("ingest", 5, _cancellation)).Outcome);
        test.Database.Jobs.End(running, JobOutcome.Failed, "no disk", """{"scans": 3}""");

        var job = Assert.Single(await test.Database.Jobs.ListAsync("ingest", 5, _cancellation));

        Assert.Equal(("failed", "no disk"), (job.Outcome, job.Message));
        Assert.NotNull(job.FinishedAt);
        Assert.Equal("3", await test.ScalarAsync<string>("SELECT details ->> 'scans' FROM nowcast.job_history WHERE job_run_id = $1",
            running));

        // The database was away when it ended.
        test.Database.Jobs.End(running, JobOutcome.Interrupted, "the database was lost in the middle", at: Sample.Noon);

        Assert.Equal(Sample.Noon, Assert.Single(await test.Database.Jobs.ListAsync("ingest", 5, _cancellation)).FinishedAt);
    }

    [Fact]
    public async Task FreshnessTellsTheNewestScanAndTheUsualStep()
    {
        var grid = Sample.LonLatGrid(width: 20, height: 20);
        foreach (var minutes in new[] { 0, 5, 10, 25 })
            await test.Database.Scans.StoreAsync(Sample.RadarFrame(grid, Sample.Noon.AddMinutes(minutes)), $"{minutes}.nc",
                cancellation: _cancellation);

        Assert.Equal("25.nc 00:05:00 4", await test.ScalarAsync<string>(
            "SELECT concat_ws(' ', source_file, usual_step, scans_in_last_day) FROM nowcast.feed_freshness WHERE grid = $1", grid.Name));
    }
}
