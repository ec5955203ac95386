using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Retention;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

public sealed class RetentionTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task ScoresSummedUpByDayAreTheSameInTheViews()
    {
        var grid = Sample.LonLatGrid(width: 20, height: 20);
        var runs = await ScoredAsync(grid, Sample.Noon, 3);
        await ScoredAsync(grid, Sample.Noon.AddDays(1), 2);
        var before = await ViewsAsync(grid);

        Assert.Equal(3, await SumAsync("2024-07-11"));
        Assert.Equal(0, await SumAsync("2024-07-11"));

        Assert.Equal(before, await ViewsAsync(grid));
        Assert.Equal(1L, await test.ScalarAsync<long>(
            "SELECT count(*) FROM nowcast.verification_lead_day JOIN nowcast.grid USING (grid_id) WHERE name = $1", grid.Name));

        // Scored again: the run leaves the sums and counts once.
        await test.Database.Verification.StoreAsync(runs[1],
            [VerificationTests.Scores(5, hits: 2, misses: 1, falseAlarms: 3, fss: (1, 10))], _cancellation);
        Assert.Equal(before, await ViewsAsync(grid));
        await test.Database.Verification.StoreAsync(runs[1], [VerificationTests.Scores(5, hits: 900, fss: (1, 10))], _cancellation);
        var changed = await ViewsAsync(grid);
        Assert.NotEqual(before, changed);
        Assert.Equal(3, await SumAsync("2024-07-11"));
        Assert.Equal(changed, await ViewsAsync(grid));
    }

    [Fact]
    public async Task ARunThatComesAfterItsDayWasSummedUpCountsToo()
    {
        var grid = Sample.LonLatGrid(width: 20, height: 20);
        await ScoredAsync(grid, Sample.Noon.AddDays(-20), 2);
        await SumAsync("2024-06-21");

        await ScoredAsync(grid, Sample.Noon.AddDays(-20).AddHours(1), 1);

        Assert.Equal(3, Assert.Single(await test.Database.Verification.SkillAsync(grid.Name, _cancellation)).Maps);
        Assert.Equal(1, await SumAsync("2024-06-21"));
        Assert.Equal(3, Assert.Single(await test.Database.Verification.SkillAsync(grid.Name, _cancellation)).Maps);
    }

    [Fact]
    public async Task OldScoresAreDroppedRunByRunAndTheirDayStays()
    {
        var grid = Sample.LonLatGrid(width: 20, height: 20);
        var runs = await ScoredAsync(grid, Sample.Noon.AddDays(-40), 2);
        await test.Database.Scans.StoreAsync(Sample.RadarFrame(grid, Sample.Noon.AddDays(-40).AddMinutes(10)), "x",
            cancellation: _cancellation);
        var before = await ViewsAsync(grid);

        Assert.Equal(2, await test.ScalarAsync<int>("SELECT nowcast.drop_scores_before('2024-06-02')"));

        Assert.Equal(before, await ViewsAsync(grid));
        Assert.Equal(0L, await test.ScalarAsync<long>("SELECT count(*) FROM nowcast.verification_lead WHERE run_id = ANY ($1)", runs));
        // What cannot be counted once is not scored again.
        Assert.Empty(await test.Database.Verification.PendingAsync(grid.Name, Sample.Noon.AddDays(-50), _cancellation));
        var refused = await Assert.ThrowsAsync<ReportedException>(() =>
            test.Database.Verification.StoreAsync(runs[0], [VerificationTests.Scores(5, hits: 1)], _cancellation));
        Assert.Contains("dropped", refused.Message);
    }

    [Fact]
    public async Task RetentionMakesTheDaysAheadOfLiveGridsAndDropsOldOnesOneByOne()
    {
        var time = new Clock(new DateTimeOffset(2031, 3, 10, 4, 0, 0, TimeSpan.Zero));
        await using var database = await NowcastDatabase.OpenAsync(test.ConnectionString, _cancellation, time: time);
        var (live, archive) = (Sample.LonLatGrid(width: 20, height: 20), Sample.LonLatGrid(width: 20, height: 20));
        foreach (var days in new[] { 0, -1, -5, -6 })
            await database.Scans.StoreAsync(Sample.RadarFrame(live, time.GetUtcNow().AddDays(days)), "x", cancellation: _cancellation);
        await database.Scans.StoreAsync(Sample.RadarFrame(archive, time.GetUtcNow().AddDays(-100)), "x", cancellation: _cancellation);
        var (liveId, archiveId) =
            ((await database.Grids.GetAsync(live.Name, _cancellation)).Id, (await database.Grids.GetAsync(archive.Name, _cancellation)).Id);
        var options = new RetentionOptions { MapDays = 5, DaysAhead = 2 };

        var done = await database.Retention.RunAsync(options, _cancellation);

        Assert.Equal(2 * 3, done.PartitionsMade);
        Assert.Equal(["20310305", "20310309", "20310310", "20310311", "20310312"], await DaysAsync(liveId));
        Assert.Empty(await DaysAsync(archiveId));
        Assert.Equal(3, await database.Scans.CountAsync(live.Name, _cancellation));
        Assert.Equal(new RetentionOutcome(0, 0, 0, 0), await database.Retention.RunAsync(options, _cancellation));

        async Task<string[]> DaysAsync(int grid) => await test.ScalarAsync<string[]>(
            "SELECT coalesce(array_agg(right(relname, 8) ORDER BY relname), '{}') FROM pg_class WHERE relkind = 'r' AND relname ~ "
                + "('^forecast_strip_' || $1 || '_[0-9]{8}$')", grid);
    }

    [Fact]
    public async Task ADayThatAQuestionHoldsIsDroppedWhenItLetsGoAndOtherReadersGoOnMeanwhile()
    {
        var grid = Sample.LonLatGrid(width: 20, height: 20);
        var old = Sample.Noon.AddYears(-20);
        await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid, old), _cancellation);
        await using var reader = await test.Database.DataSource.OpenConnectionAsync(_cancellation);
        await using var question = await reader.BeginTransactionAsync(_cancellation);
        await using (var holds = new NpgsqlCommand("SELECT count(*) FROM nowcast.forecast_tile WHERE issue_time < '2005-01-01'", reader))
            Assert.Equal(3L, await holds.ExecuteScalarAsync(_cancellation));

        var dropping = test.Database.DropDaysBeforeAsync(DateOnly.FromDateTime(old.AddDays(1).UtcDateTime), _cancellation);

        Assert.Equal(3, (await test.Database.Queries.RainAtAsync(152.1, -27.1, old, _cancellation)).Count);
        Assert.False(dropping.IsCompleted);
        await question.RollbackAsync(_cancellation);
        Assert.Equal(3, await dropping);
    }

    private Task<int> SumAsync(string before) => test.ScalarAsync<int>("SELECT nowcast.sum_scores_before($1::date)", before);

    private async Task<long[]> ScoredAsync(RadarGrid grid, DateTimeOffset first, int count)
    {
        var runs = new long[count];
        for (var i = 0; i < count; i++)
        {
            runs[i] = (await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid, first.AddMinutes(5 * i)), _cancellation)).RunId;
            await test.Database.Verification.StoreAsync(runs[i],
                [VerificationTests.Scores(5, hits: 1 + i, misses: 1, falseAlarms: 2 + i, fss: (i, 10))], _cancellation);
        }
        return runs;
    }

    private async Task<string> ViewsAsync(RadarGrid grid) => await test.ScalarAsync<string>(
        """
        SELECT concat_ws(' ', (SELECT string_agg(s::text, ' ' ORDER BY day, lead_minutes) FROM nowcast.skill AS s WHERE grid = $1),
                         (SELECT string_agg(s::text, ' ' ORDER BY day, scale_km) FROM nowcast.skill_fss AS s WHERE grid = $1),
                         (SELECT string_agg(s::text, ' ' ORDER BY bin) FROM nowcast.skill_reliability AS s WHERE grid = $1))
        """, grid.Name);

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
