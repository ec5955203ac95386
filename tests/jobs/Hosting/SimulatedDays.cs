using System.Globalization;
using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Hosting;

/// <summary>
/// The whole service in simulated time, on real files, a real database and real child processes. Some hours in the suite;
/// <c>ops/campaigns/days.sh</c> runs 48 of them (NOWCAST_TEST_HOURS).
/// </summary>
public sealed class SimulatedDays(TestDatabase test) : IClassFixture<TestDatabase>
{
    private static readonly DateTimeOffset Noon = new(2024, 7, 10, 12, 0, 0, TimeSpan.Zero);
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    private static int Hours => int.Parse(Environment.GetEnvironmentVariable("NOWCAST_TEST_HOURS") ?? "6", CultureInfo.InvariantCulture);

    [Fact]
    public async Task EveryExpectedRunIsThereExactlyOnce()
    {
        using var folder = new TemporaryFolder();
        var time = new SimulatedTime(Noon.AddSeconds(1));
        await using var database = await NowcastDatabase.OpenAsync(test.ConnectionString, _cancellation, time: time);
        var feed = new SimulatedFeed(folder.File("feed"), folder.File("store"), Noon, Hours * 6, size: 64);
        var settings = new NowcastSettings { Feed = folder.File("feed"), LeadMinutes = 30, FeedPatienceSeconds = 0 }.With(new JobSettings
        {
            Ingest = new() { Cron = "*/30 * * * *" },
            Watchdog = new() { Cron = "7 * * * *" },
            // In the short version after five hours, once; else in each of the two nights.
            Retrain = new()
            {
                Cron = Hours < 24 ? "30 17 * * *" : "30 2 * * *", Minutes = 0.05, Hidden = [8], Crop = 32, Past = 3, Blocks = 1,
                HeldOutShare = 0.35,
            },
            Retention = new() { Cron = Hours < 24 ? "45 15 * * *" : "45 3 * * *", Days = 1 },
        });
        var expected = new Dictionary<string, int>();
        await HangfireTables.InstallAsync(database, _cancellation);
        await using (var schedule = new SimulatedSchedule(database, settings, time))
        {
            var end = Noon.AddHours(Hours);
            while (schedule.Next() is var (at, due) && at <= end)
            {
                feed.DeliverUpTo(at);
                time.GoTo(at);
                foreach (var job in due)
                {
                    expected[job.Name] = expected.GetValueOrDefault(job.Name) + 1;
                    await schedule.RunAsync(job, _cancellation);
                }
            }
        }

        Assert.Equal("", await test.ScalarAsync<string>(
            "SELECT coalesce(string_agg(job || ': ' || message, '; '), '') FROM nowcast.job_run WHERE outcome <> 'succeeded'"));
        Assert.Equal(Expected(), expected.OrderBy(e => e.Key, StringComparer.Ordinal));
        // At five past the first hour no scan has come in.
        Assert.Equal(1, await test.ScalarAsync<long>(
            "SELECT count(*) FROM nowcast.job_run WHERE job = 'nowcast' AND message LIKE 'warming up%'"));
        foreach (var (job, runs) in expected)
            Assert.Equal(runs, await test.ScalarAsync<long>("SELECT count(*) FROM nowcast.job_run WHERE job = $1", job));
        Assert.Equal(feed.Broken,
            Directory.EnumerateFiles(folder.File("feed/quarantine")).Count(f => f.EndsWith(".reason.txt", StringComparison.Ordinal)));
        // An hour has at most one forecast of a method, and each that could be made is there, whole.
        Assert.Equal(0, await test.ScalarAsync<long>("SELECT count(*) FROM nowcast.run WHERE NOT is_complete"));
        Assert.Equal(Hours - 1, await test.ScalarAsync<long>(
            "SELECT count(DISTINCT issue_time) FROM nowcast.run WHERE method = 'persistence'"));
        Assert.Equal(Hours - 1, await test.ScalarAsync<long>(
            "SELECT count(DISTINCT issue_time) FROM nowcast.run WHERE method = 'extrapolation'"));
        Assert.True(await test.ScalarAsync<long>("SELECT count(*) FROM nowcast.verification_lead") > 0);
        // One of each retraining, and the one that comes with the program.
        Assert.Equal(expected["retrain"] + 1, await test.ScalarAsync<long>("SELECT count(*) FROM nowcast.model"));
        if (Hours >= 48)
            Assert.True(await test.ScalarAsync<long>("SELECT count(*) FROM nowcast.run WHERE maps_dropped_at IS NOT NULL") > 0);
    }

    private IOrderedEnumerable<KeyValuePair<string, int>> Expected()
    {
        var nights = Hours < 24 ? 1 : Hours / 24;
        return new Dictionary<string, int>
        {
            ["ingest"] = Hours * 2, ["nowcast"] = Hours, ["verify"] = Hours, ["watchdog"] = Hours, ["retrain"] = nights,
            ["retention"] = nights,
        }.OrderBy(e => e.Key, StringComparer.Ordinal);
    }
}
