using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Workers;
using ConvLstm.Nowcast.Tests.Storage;
using Hangfire;
using Hangfire.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Hosting;

public sealed class ScheduleSemantics(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task AJobOfTwoServersNeverRunsTwiceAtOnce()
    {
        var (atWork, most) = (0, 0);
        var job = new TestWork("alone", async (_, c) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref atWork));
            await Task.Delay(300, c);
            Interlocked.Decrement(ref atWork);
            return "done";
        });
        await using var one = await Server.StartAsync(test.Database, [job], _cancellation);
        await using var two = await Server.StartAsync(test.Database, [job], _cancellation);

        for (var i = 1; i <= 4; i++)
        {
            (i % 2 == 0 ? one : two).Schedule.Trigger("alone");
            await test.Database.UntilAsync("alone", runs => runs.Count >= i, _cancellation);
        }
        var runs = await test.Database.UntilAsync("alone", runs => runs.Count >= 4 && runs.All(r => r.Outcome == "succeeded"),
            _cancellation);

        Assert.Equal(1, most);
        Assert.Equal(4, runs.Count);
    }

    [Fact]
    public async Task AFailedRunIsTriedAgainUpToItsLimit()
    {
        var job = new TestWork("failing", (_, _) => throw new ReportedException("The disk is full: free some."), IsRetried: true);
        await using var server = await Server.StartAsync(test.Database, [job], _cancellation);

        server.Schedule.Trigger("failing");
        var runs = await test.Database.UntilAsync("failing", runs => runs.Count(r => r.Outcome == "failed") == 3, _cancellation);

        Assert.Equal([3, 2, 1], runs.Select(r => r.Attempt));
        Assert.All(runs, r => Assert.Equal("The disk is full: free some.", r.Message));
        server.Schedule.Trigger("failing");
        var more = await test.Database.UntilAsync("failing", runs => runs.Count > 3, _cancellation);
        Assert.Equal(1, more[^4].Attempt);
    }

    [Fact]
    public async Task AnUnforeseenErrorCostsOneRun()
    {
        var job = new TestWork("buggy", (context, _) =>
        {
            context.Log("so far so good");
            throw new InvalidOperationException("Sequence contains no elements");
        });
        await using var server = await Server.StartAsync(test.Database, [job], _cancellation);

        server.Schedule.Trigger("buggy");

        var run = Assert.Single(await test.Database.UntilAsync("buggy", runs => runs is [{ FinishedAt: not null }], _cancellation));
        Assert.Equal(("failed", "InvalidOperationException: Sequence contains no elements"), (run.Outcome, run.Message));
        Assert.EndsWith(" so far so good", (await test.Database.Jobs.FindAsync(run.EngineJob!, _cancellation))!.Value.Log,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task CancellingFromAnotherServerStopsTheRunAndTriesItNoMore()
    {
        var job = new TestWork("long", async (context, c) =>
        {
            context.Report(0.25, "working");
            await Task.Delay(Timeout.Infinite, c);
            return "";
        }, Role: Roles.Train, IsRetried: true);
        await using var worker = await Server.StartAsync(test.Database, [job], _cancellation);
        await using var web = await Server.StartAsync(test.Database, [job], _cancellation, roles: [Roles.Web]);
        web.Schedule.Trigger("long");
        await test.Database.UntilAsync("long", runs => runs is [{ Progress: 0.25, ProgressText: "working" }], _cancellation);

        var engineJob = (await test.Database.Jobs.ListAsync("long", 1, _cancellation))[0].EngineJob!;
        Assert.True(web.Jobs.Delete(engineJob));

        var run = Assert.Single(await test.Database.UntilAsync("long", runs => runs is [{ FinishedAt: not null }], _cancellation));
        Assert.Equal(("cancelled", "stopped by a person"), (run.Outcome, run.Message));
    }

    [Fact]
    public async Task HoursThatWereMissedAreMadeUpForOnce()
    {
        var job = new TestWork("hourly", (_, _) => Task.FromResult("done"), Cron: "0 * * * *");
        var earlier = new ShiftedTime(TimeProvider.System.GetUtcNow().AddHours(-5.5));
        var paused = await Server.StartAsync(test.Database, [job], _cancellation, earlier);
        await paused.DisposeAsync();
        Assert.Empty(await test.Database.Jobs.ListAsync("hourly", 10, _cancellation));

        await using var later = await Server.StartAsync(test.Database, [job], _cancellation);

        await test.Database.UntilAsync("hourly", runs => runs is [{ Outcome: "succeeded" }, ..], _cancellation);
        using var connection = later.Store.GetConnection();
        Assert.True(Assert.Single(connection.GetRecurringJobs()).NextExecution > DateTime.UtcNow);
        Assert.Single(await test.Database.Jobs.ListAsync("hourly", 10, _cancellation));
    }

    [Fact]
    public async Task WhatIsPausedRunsOnlyWhenAskedAlsoAfterARestart()
    {
        var job = new TestWork("resting", (_, _) => Task.FromResult("done"), Cron: "* * * * *");
        var first = await Server.StartAsync(test.Database, [job], _cancellation);
        first.Schedule.Pause("resting");
        await first.DisposeAsync();

        await using var second = await Server.StartAsync(test.Database, [job], _cancellation);
        Assert.Equal(["resting"], second.Schedule.Paused());
        Assert.Null(NextOf(second));
        second.Schedule.Trigger("resting");
        await test.Database.UntilAsync("resting", runs => runs.Any(r => r.Outcome == "succeeded"), _cancellation);
        second.Schedule.Resume("resting");

        Assert.Empty(second.Schedule.Paused());
        Assert.NotNull(NextOf(second));
        Assert.Throws<ReportedException>(() => second.Schedule.Trigger("unknown"));
        Assert.Throws<ReportedException>(() => second.Schedule.Pause("unknown"));

        static DateTime? NextOf(Server server)
        {
            using var connection = server.Store.GetConnection();
            return Assert.Single(connection.GetRecurringJobs()).NextExecution;
        }
    }

    [Fact]
    public async Task AServerThatStopsLeavesItsRunToAnother()
    {
        var isSecond = false;
        var job = new TestWork("handed on", async (_, c) =>
        {
            if (!isSecond)
                await Task.Delay(Timeout.Infinite, c);
            return "done by the second";
        });
        var first = await Server.StartAsync(test.Database, [job], _cancellation);
        first.Schedule.Trigger("handed on");
        await test.Database.UntilAsync("handed on", runs => runs is [{ Outcome: "running" }], _cancellation);

        await first.DisposeAsync();
        isSecond = true;
        await using var second = await Server.StartAsync(test.Database, [job], _cancellation);

        var runs = await test.Database.UntilAsync("handed on", runs => runs.Any(r => r.Outcome == "succeeded"), _cancellation);
        Assert.Equal(["done by the second", "the server was stopped in the middle"], runs.Select(r => r.Message));
        Assert.Equal(["succeeded", "interrupted"], runs.Select(r => r.Outcome));
    }

    [Fact]
    public async Task AServerRunsOnlyTheJobsOfItsRoles()
    {
        var jobs = new[]
        {
            new TestWork("for train", (_, _) => Task.FromResult(""), Role: Roles.Train),
            new TestWork("for forecast", (_, _) => Task.FromResult(""), Role: Roles.Forecast),
        };
        await using var server = await Server.StartAsync(test.Database, jobs, _cancellation, roles: [Roles.Scheduler, Roles.Forecast]);

        server.Schedule.Trigger("for train");
        server.Schedule.Trigger("for forecast");

        await test.Database.UntilAsync("for forecast", runs => runs is [{ Outcome: "succeeded" }], _cancellation);
        Assert.Empty(await test.Database.Jobs.ListAsync("for train", 10, _cancellation));
        await using var trainer = await Server.StartAsync(test.Database, jobs, _cancellation, roles: [Roles.Train]);
        await test.Database.UntilAsync("for train", runs => runs is [{ Outcome: "succeeded" }], _cancellation);
    }

    [Fact]
    public async Task AJobThatWaitsIsNotQueuedTwice()
    {
        var runs = 0;
        var job = new TestWork("asked for often", (_, _) => Task.FromResult($"{Interlocked.Increment(ref runs)}"), Role: Roles.Train);
        await using (var asking = await Server.StartAsync(test.Database, [job], _cancellation, roles: [Roles.Scheduler]))
        {
            for (var i = 0; i < 10; i++)
                asking.Schedule.Trigger("asked for often");
            Assert.Equal(1, asking.Store.GetMonitoringApi().EnqueuedCount(Roles.Train));
        }
        await using var working = await Server.StartAsync(test.Database, [job], _cancellation, roles: [Roles.Train]);

        await test.Database.UntilAsync("asked for often", history => history is [{ Outcome: "succeeded" }, ..], _cancellation);
        Assert.Equal(0, working.Store.GetMonitoringApi().EnqueuedCount(Roles.Train));
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task ARunThatIsTakenUpTwiceIsDoneOnce()
    {
        var (begun, go) = (0, new TaskCompletionSource());
        var job = new TestWork("twice", async (_, c) =>
        {
            Interlocked.Increment(ref begun);
            await go.Task.WaitAsync(c);
            return "done";
        });
        await using var server = await Server.StartAsync(test.Database, [job], _cancellation);
        server.Schedule.Trigger("twice");
        var first = (await test.Database.UntilAsync("twice", runs => runs is [{ Outcome: "running" }], _cancellation))[0];

        // As an engine that takes the first for dead: the same job stands in the queue again.
        await test.ScalarAsync<long>("INSERT INTO nowcast_hangfire.jobqueue (jobid, queue) VALUES ($1, 'scheduler') RETURNING id",
            long.Parse(first.EngineJob!, System.Globalization.CultureInfo.InvariantCulture));
        while (await test.ScalarAsync<long>("SELECT count(*) FROM nowcast_hangfire.state WHERE jobid = $1 AND name = 'Processing'",
            long.Parse(first.EngineJob!, System.Globalization.CultureInfo.InvariantCulture)) < 2)
            await Task.Delay(20, _cancellation);
        go.SetResult();

        var runs = await test.Database.UntilAsync("twice",
            all => all.All(r => r.FinishedAt is not null) && all.Any(r => r.Outcome == "succeeded"), _cancellation);
        Assert.Single(runs, r => r.Outcome == "succeeded");
        Assert.All(runs.Zip(runs.Skip(1)), pair => Assert.True(pair.Second.FinishedAt <= pair.First.StartedAt, "two runs overlap"));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value)
            Interlocked.CompareExchange(ref most, value, seen);
    }
}
