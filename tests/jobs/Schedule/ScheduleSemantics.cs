using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Heavy;
using ConvLstm.Nowcast.Jobs.Schedule;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Schedule;

public sealed class ScheduleSemantics(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task AJobOfTwoServersNeverRunsTwiceAtOnce()
    {
        var (atWork, most) = (0, 0);
        var job = DelegateJob.Definition("alone", async (_, c) =>
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
            await (i % 2 == 0 ? one : two).TriggerAsync("alone", _cancellation);
            await test.Database.UntilAsync("alone", runs => runs.Count >= i, _cancellation);
        }
        var runs = await test.Database.UntilAsync("alone", runs => runs.Count >= 4 && runs.All(r => r.Outcome == "succeeded"), _cancellation);

        Assert.Equal(1, most);
        Assert.Equal(4, runs.Count);
    }

    [Fact]
    public async Task AFailedRunIsTriedAgainUpToItsLimit()
    {
        var job = DelegateJob.Definition("failing", (_, _) => throw new ReportedException("The disk is full: free some."), new Retries(2, TimeSpan.FromMilliseconds(50)));
        await using var server = await Server.StartAsync(test.Database, [job], _cancellation);

        await server.TriggerAsync("failing", _cancellation);
        var runs = await test.Database.UntilAsync("failing", runs => runs.Count(r => r.Outcome == "failed") == 3, _cancellation);

        Assert.Equal([3, 2, 1], runs.Select(r => r.Attempt));
        Assert.All(runs, r => Assert.Equal("The disk is full: free some.", r.Message));
        await server.TriggerAsync("failing", _cancellation);
        Assert.Equal(1, (await test.Database.UntilAsync("failing", runs => runs.Count > 3, _cancellation))[0].Attempt);
    }

    [Fact]
    public async Task AnUnforeseenErrorCostsOneRun()
    {
        var job = DelegateJob.Definition("buggy", (context, _) =>
        {
            context.Log("so far so good");
            throw new InvalidOperationException("Sequence contains no elements");
        });
        await using var server = await Server.StartAsync(test.Database, [job], _cancellation);

        await server.TriggerAsync("buggy", _cancellation);

        var run = Assert.Single(await test.Database.UntilAsync("buggy", runs => runs is [{ FinishedAt: not null }], _cancellation));
        Assert.Equal(("failed", "InvalidOperationException: Sequence contains no elements"), (run.Outcome, run.Message));
        Assert.EndsWith(" so far so good", (await test.Database.Jobs.FindAsync(run.JobRunId, _cancellation))!.Value.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CancellingFromAnotherServerStopsTheRunAndTriesItNoMore()
    {
        var job = DelegateJob.Definition("long", async (context, c) =>
        {
            context.Report(0.25, "working");
            await Task.Delay(Timeout.Infinite, c);
            return "";
        }, new Retries(3, TimeSpan.FromMilliseconds(10)), role: Roles.Train);
        await using var worker = await Server.StartAsync(test.Database, [job], _cancellation);
        await using var web = await Server.StartAsync(test.Database, [job], _cancellation, roles: [Roles.Web]);
        await web.TriggerAsync("long", _cancellation);
        await test.Database.UntilAsync("long", runs => runs is [{ Progress: 0.25, ProgressText: "working" }], _cancellation);

        Assert.Equal(1, await test.Database.Jobs.RequestCancelAsync("long", _cancellation));

        var run = Assert.Single(await test.Database.UntilAsync("long", runs => runs is [{ FinishedAt: not null }], _cancellation));
        Assert.Equal(("cancelled", "stopped by a person"), (run.Outcome, run.Message));
    }

    [Fact]
    public async Task HoursThatWereMissedAreMadeUpForOnce()
    {
        var job = DelegateJob.Definition("hourly", (_, _) => Task.FromResult("done"), cron: "0 * * * *");
        var earlier = new ShiftedTime(TimeProvider.System.GetUtcNow().AddHours(-5.5));
        var paused = await Server.StartAsync(test.Database, [job], _cancellation, earlier);
        await paused.DisposeAsync();
        Assert.Empty(await test.Database.Jobs.ListAsync("hourly", 10, _cancellation));

        await using var later = await Server.StartAsync(test.Database, [job], _cancellation);

        await test.Database.UntilAsync("hourly", runs => runs is [{ Outcome: "succeeded" }, ..], _cancellation);
        var next = Assert.Single(await later.JobsAsync(_cancellation));
        Assert.True(next.Next > TimeProvider.System.GetUtcNow());
        Assert.Single(await test.Database.Jobs.ListAsync("hourly", 10, _cancellation));
    }

    [Fact]
    public async Task WhatIsPausedRunsOnlyWhenAskedAlsoAfterARestart()
    {
        var job = DelegateJob.Definition("resting", (_, _) => Task.FromResult("done"), cron: "* * * * *");
        var first = await Server.StartAsync(test.Database, [job], _cancellation);
        await first.PauseAsync("resting", _cancellation);
        await first.DisposeAsync();

        await using var second = await Server.StartAsync(test.Database, [job], _cancellation);
        Assert.True(Assert.Single(await second.JobsAsync(_cancellation)).IsPaused);
        await second.TriggerAsync("resting", _cancellation);
        await test.Database.UntilAsync("resting", runs => runs.Any(r => r.Outcome == "succeeded"), _cancellation);
        await second.ResumeAsync("resting", _cancellation);

        Assert.False(Assert.Single(await second.JobsAsync(_cancellation)).IsPaused);
        await Assert.ThrowsAsync<ReportedException>(() => second.TriggerAsync("unknown", _cancellation));
    }

    [Fact]
    public async Task AServerThatStopsLeavesItsRunToAnother()
    {
        var isSecond = false;
        var job = DelegateJob.Definition("handed on", async (_, c) =>
        {
            if (!isSecond)
                await Task.Delay(Timeout.Infinite, c);
            return "done by the second";
        });
        var first = await Server.StartAsync(test.Database, [job], _cancellation);
        await first.TriggerAsync("handed on", _cancellation);
        await test.Database.UntilAsync("handed on", runs => runs is [{ Outcome: "running" }], _cancellation);

        await first.StopAsync(_cancellation);
        isSecond = true;
        await using var second = await Server.StartAsync(test.Database, [job], _cancellation);

        var runs = await test.Database.UntilAsync("handed on", runs => runs.Any(r => r.Outcome == "succeeded"), _cancellation);
        Assert.Equal(["done by the second", "the server was stopped in the middle"], runs.Select(r => r.Message));
        Assert.Equal(["succeeded", "interrupted"], runs.Select(r => r.Outcome));
    }

    [Fact]
    public async Task AServerRunsOnlyTheJobsOfItsRoles()
    {
        var jobs = new[] { DelegateJob.Definition("for train", (_, _) => Task.FromResult(""), role: Roles.Train), DelegateJob.Definition("for forecast", (_, _) => Task.FromResult(""), role: Roles.Forecast) };
        await using var server = await Server.StartAsync(test.Database, jobs, _cancellation, roles: [Roles.Scheduler, Roles.Forecast]);

        await server.TriggerAsync("for train", _cancellation);
        await server.TriggerAsync("for forecast", _cancellation);

        await test.Database.UntilAsync("for forecast", runs => runs is [{ Outcome: "succeeded" }], _cancellation);
        Assert.Empty(await test.Database.Jobs.ListAsync("for train", 10, _cancellation));
        await using var trainer = await Server.StartAsync(test.Database, jobs, _cancellation, roles: [Roles.Train]);
        await test.Database.UntilAsync("for train", runs => runs is [{ Outcome: "succeeded" }], _cancellation);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value)
            Interlocked.CompareExchange(ref most, value, seen);
    }
}
