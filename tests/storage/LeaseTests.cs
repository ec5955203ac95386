using ConvLstm.Nowcast.Storage.Leases;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

public sealed class LeaseTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    /// <summary>Short, but not lost where a busy machine stands still for a second.</summary>
    private static readonly TimeSpan Safe = TimeSpan.FromSeconds(6);

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task OneHoldsItUntilItGivesItBack()
    {
        await using var lease = await TakeAsync("leased", Lease.UsualDuration);
        Assert.Null(await TakeAsync("leased", Lease.UsualDuration));
        await using var other = await TakeAsync("another", Lease.UsualDuration);
        Assert.NotNull(other);
        await lease!.DisposeAsync();

        await using var next = await TakeAsync("leased", Lease.UsualDuration);

        Assert.NotNull(next);
    }

    [Fact]
    public async Task ItIsRenewedForAsLongAsItsHolderLives()
    {
        await using var lease = await TakeAsync("renewed", Short);
        var first = await ExpiryAsync("renewed");
        while (await ExpiryAsync("renewed") < first + (3 * Short))
        {
            Assert.Null(await TakeAsync("renewed", Short));
            await Task.Delay(50, _cancellation);
        }
        Assert.False(lease!.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task ItOutlivesACutConnectionAndIsLostWhenTheDatabaseStallsForLong()
    {
        await using var theirs = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(test.ConnectionString) { ApplicationName = "cut off" }.ConnectionString);
        await using var lease = await Lease.TryTakeAsync(theirs, "cut", Safe, _cancellation);
        var lost = new TaskCompletionSource();
        await using var registration = lease!.Lost.Register(lost.SetResult);

        await CutAsync();
        var before = await ExpiryAsync("cut");
        // A lease that is lost is never renewed.
        while (await ExpiryAsync("cut") == before && !lost.Task.IsCompleted)
            await Task.Delay(20, _cancellation);
        Assert.False(lost.Task.IsCompleted);

        // The database stalls: nobody can change the row for longer than the lease lasts.
        await using (var stalling = await test.Database.DataSource.OpenConnectionAsync(_cancellation))
        {
            await using var transaction = await stalling.BeginTransactionAsync(_cancellation);
            await using var hold = new NpgsqlCommand("SELECT FROM nowcast.lease WHERE name = 'cut' FOR UPDATE", stalling);
            await hold.ExecuteNonQueryAsync(_cancellation);
            await lost.Task.WaitAsync(_cancellation);
        }
        Lease? next;
        while ((next = await TakeAsync("cut", Short)) is null)
            await Task.Delay(20, _cancellation);
        await next.DisposeAsync();

        async Task CutAsync() => await test.ScalarAsync<long>(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'cut off'");
    }

    [Fact]
    public async Task OneThatAnotherTookMeanwhileIsLost()
    {
        await using var lease = await TakeAsync("stolen", Short);
        var lost = new TaskCompletionSource();
        await using var registration = lease!.Lost.Register(lost.SetResult);

        await test.ScalarAsync<string>("UPDATE nowcast.lease SET holder = gen_random_uuid() WHERE name = 'stolen' RETURNING name");

        await lost.Task.WaitAsync(_cancellation);
    }

    private Task<Lease?> TakeAsync(string name, TimeSpan duration) =>
        Lease.TryTakeAsync(test.Database.DataSource, name, duration, _cancellation);

    private Task<DateTime> ExpiryAsync(string name) =>
        test.ScalarAsync<DateTime>("SELECT expires_at FROM nowcast.lease WHERE name = $1", name);
}
