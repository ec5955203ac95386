using System.Diagnostics;
using System.Globalization;
using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Retention;
using ConvLstm.Nowcast.Tests.Storage;
using Hangfire;
using Hangfire.States;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Hosting;

/// <summary>
/// What many jobs leave behind, and how long the questions about them take. A hundred in the suite; <c>ops/campaigns/jobs.sh</c> runs
/// 10,000 (NOWCAST_TEST_JOBS) and shows what <c>jobs.txt</c> holds then.
/// </summary>
public sealed class ManyJobs(TestDatabase test) : IClassFixture<TestDatabase>
{
    private const int Asked = 20;
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;
    private readonly List<string> _figures = [];

    private static int Count => int.Parse(Environment.GetEnvironmentVariable("NOWCAST_TEST_JOBS") ?? "100", CultureInfo.InvariantCulture);

    [Fact]
    public async Task EachIsDoneOnceAndNoneStaysForEver()
    {
        var works = Enumerable.Range(0, Count).Select(i => new TestWork($"many {i}", (run, _) =>
        {
            run.Log("at work");
            return i % 100 == 7 ? throw new Nowcast.Ingest.ReportedException("One in a hundred fails.") : Task.FromResult("done");
        }, Role: Roles.Forecast)).ToArray();
        await using var server = await Server.StartAsync(test.Database, works, _cancellation, roles: [Roles.Forecast]);
        // Without the filters of the service, which look whether one of the name waits already.
        var client = new BackgroundJobClient(server.Store, new Hangfire.Common.JobFilterCollection());
        var since = Stopwatch.GetTimestamp();
        foreach (var work in works)
            client.Create(work.Job.Job, new EnqueuedState(Roles.Forecast));
        while (await test.ScalarAsync<long>(
            "SELECT count(*) FROM nowcast.job_run WHERE job LIKE 'many %' AND finished_at IS NOT NULL") < Count)
            await Task.Delay(100, _cancellation);
        Note($"{Count} jobs asked for and done in {Stopwatch.GetElapsedTime(since).TotalSeconds:0} s");
        while (server.Store.GetMonitoringApi().ProcessingCount() > 0)
            await Task.Delay(100, _cancellation);

        Assert.Equal(Count, await test.ScalarAsync<long>("SELECT count(DISTINCT job) FROM nowcast.job_run WHERE job LIKE 'many %'"));
        Assert.Equal(Count, await test.ScalarAsync<long>("SELECT count(*) FROM nowcast.job_run WHERE job LIKE 'many %'"));
        var monitoring = server.Store.GetMonitoringApi();
        Assert.Equal((Count + 92) / 100, monitoring.FailedCount());
        await MeasureAsync(monitoring);

        // What has succeeded goes by itself; what has failed, when the retention lets it go.
        Assert.Equal((Count + 92) / 100, FailedJobs.ForgetBefore(server.Store, DateTime.UtcNow.AddMinutes(1), _cancellation));
        Assert.Equal(0, await test.ScalarAsync<long>("SELECT count(*) FROM nowcast_hangfire.job WHERE expireat IS NULL"));
        await File.WriteAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "jobs.txt"), _figures, _cancellation);
    }

    [Fact]
    public async Task AJobBeginsSoonAfterItWasAskedFor()
    {
        var work = new TestWork("soon", (_, _) => Task.FromResult("done"), Role: Roles.Train);
        await using var server = await Server.StartAsync(test.Database, [work], _cancellation, roles: [Roles.Scheduler, Roles.Train]);
        var waits = new List<double>();
        for (var i = 0; i < Asked; i++)
        {
            var before = (await test.Database.Jobs.ListAsync("soon", 1, _cancellation)) is [var last] ? last.JobRunId : 0;
            var asked = DateTimeOffset.UtcNow;
            server.Schedule.Trigger("soon");
            var run = (await test.Database.UntilAsync("soon",
                runs => runs is [{ FinishedAt: not null } newest, ..] && newest.JobRunId > before, _cancellation))[0];
            waits.Add((run.StartedAt - asked).TotalSeconds);
        }
        waits.Sort();
        await File.WriteAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "soon.txt"),
                FormattableString.Invariant(
                $"a job begins {waits[Asked / 2]:0.00} s after it was asked for (median), {waits[^1]:0.00} s at most, of {Asked}\n"),
                _cancellation);
    }

    private async Task MeasureAsync(Hangfire.Storage.IMonitoringApi monitoring)
    {
        await using (var analyze = test.Database.DataSource.CreateCommand("ANALYZE"))
            await analyze.ExecuteNonQueryAsync(_cancellation);
        foreach (var schema in new[] { "nowcast_hangfire", "nowcast" })
        {
            var bytes = await test.ScalarAsync<long>(
                schema == "nowcast" ? "SELECT pg_total_relation_size('nowcast.job_run')"
                : "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class WHERE relnamespace = 'nowcast_hangfire'::regnamespace AND "
                    + "relkind = 'r'");
            Note($"{(schema == "nowcast" ? "nowcast.job_run" : "Hangfire's schema")}: {bytes / 1e6:0.0} MB");
        }
        Time("the front page's numbers", () => monitoring.GetStatistics());
        Time("a page of succeeded jobs", () => monitoring.SucceededJobs(0, 20));
        Time("a page of failed jobs", () => monitoring.FailedJobs(0, 20));
        Time("one job with its states", () => monitoring.JobDetails(monitoring.SucceededJobs(0, 1)[0].Key));
        Time("is one of the name waiting", () => monitoring.EnqueuedJobs(Roles.Forecast, 0, 1000));

        void Time(string what, Action question)
        {
            question();
            var times = Enumerable.Range(0, 5).Select(_ =>
            {
                var since = Stopwatch.GetTimestamp();
                question();
                return Stopwatch.GetElapsedTime(since).TotalMilliseconds;
            }).Order().ToArray();
            Note($"{what}: {times[2]:0.0} ms");
        }
    }

    private void Note(FormattableString figure) => _figures.Add(FormattableString.Invariant(figure));
}
