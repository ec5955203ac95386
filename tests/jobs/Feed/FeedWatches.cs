using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Feed;

/// <summary>Who watches a feed, and what is waited for.</summary>
public sealed class FeedWatches(TestCluster cluster) : FeedTest(cluster)
{
    [Fact]
    public async Task AFeedHasOneWatcher()
    {
        var options = new FeedOptions(Feed);
        using var first = FeedState.Open(options, new FeedFolder(options, TimeProvider.System));
        Assert.NotNull(first);
        Assert.Null(await Watch().TakeOnceAsync(Outcomes.Add, Cancellation));
        var error = await Assert.ThrowsAsync<ReportedException>(() => Watch().WatchAsync(Outcomes.Add, _ => { }, Cancellation));
        Assert.Contains("watched by another", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheWatchWaitsForADatabaseThatIsAwayAndLosesNothing()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var (away, stored) = (new TaskCompletionSource<string>(), new TaskCompletionSource<FileOutcome>());
        await DatabaseIsThereAsync(false);
        Sample.RadarFile(Folder, Rain[0]);
        var watch = new FeedWatch(Options, Database, DecoderOptions.Default, new HastyTime())
            .WatchAsync(o => stored.TrySetResult(o), m => away.TrySetResult(m), stop.Token);

        Assert.Contains("Trying again", await away.Task.WaitAsync(Cancellation), StringComparison.Ordinal);
        await DatabaseIsThereAsync(true);

        Assert.Equal(1, (await stored.Task.WaitAsync(Cancellation)).Stored);
        await stop.CancelAsync();
        Assert.Equal(new FeedSummary(1, 0, 0, 0), await watch);
    }

    [Fact]
    public async Task AFolderThatIsNotThereIsNamed() => Assert.Contains("no such folder",
        (await Assert.ThrowsAsync<ReportedException>(() =>
            new FeedWatch(new(Folder.File("absent")), Database, DecoderOptions.Default, TimeProvider.System)
            .TakeOnceAsync(Outcomes.Add, Cancellation))).Message, StringComparison.Ordinal);

    private async Task DatabaseIsThereAsync(bool isThere)
    {
        var own = new Npgsql.NpgsqlConnectionStringBuilder(Database.ConnectionString);
        await using var admin = new Npgsql.NpgsqlConnection(
            new Npgsql.NpgsqlConnectionStringBuilder(own.ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString);
        await admin.OpenAsync(Cancellation);
        await using var command = new Npgsql.NpgsqlCommand(
            $"ALTER DATABASE {own.Database} WITH ALLOW_CONNECTIONS {isThere}; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                + $"datname = '{own.Database}'", admin);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    /// <summary>Waits are short.</summary>
    private sealed class HastyTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.FromMilliseconds(50) ? TimeSpan.FromMilliseconds(50) : dueTime, period);
    }
}
