using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Tests.Storage;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Hosting;

/// <summary>What the roles of the database may do with jobs, and what a service takes of it.</summary>
public sealed class RightsOfTheSchedule(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task AReaderOfTheDatabaseCannotStopARun()
    {
        var go = new TaskCompletionSource();
        var job = new TestWork("attacked", async (_, c) =>
        {
            await go.Task.WaitAsync(c);
            return "done";
        });
        await using var server = await Server.StartAsync(test.Database, [job], _cancellation);
        server.Schedule.Trigger("attacked");
        var run = (await test.Database.UntilAsync("attacked", runs => runs is [{ Outcome: "running" }], _cancellation))[0];
        await using var reader = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(test.ConnectionString) { Username = "nowcast_reader", Pooling = false }.ConnectionString);
        await reader.OpenAsync(_cancellation);
        await RunAsync("SET default_transaction_read_only = off");
        var stop = $"UPDATE nowcast_hangfire.job SET statename = 'Deleted', stateid = NULL WHERE id = {run.EngineJob}";

        // Channels are everybody's, which is why nobody is stopped by one.
        await RunAsync($"NOTIFY nowcast_cancel, '{run.JobRunId}'; NOTIFY new_job, '{run.EngineJob}'");
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege,
            (await Assert.ThrowsAsync<PostgresException>(() => RunAsync(stop))).SqlState);
        await test.Database.UntilAsync("attacked", runs => runs is [{ Outcome: "running" }], _cancellation);

        // With the rights that the writer has, the same stops it.
        await using (var grant = test.Database.DataSource.CreateCommand(
            "GRANT USAGE ON SCHEMA nowcast_hangfire TO nowcast_reader; GRANT SELECT, UPDATE ON nowcast_hangfire.job TO nowcast_reader"))
            await grant.ExecuteNonQueryAsync(_cancellation);
        await RunAsync(stop);
        Assert.Equal("cancelled",
            (await test.Database.UntilAsync("attacked", runs => runs is [{ FinishedAt: not null }], _cancellation))[0].Outcome);
        await using (var revoke = test.Database.DataSource.CreateCommand(
            "REVOKE ALL ON nowcast_hangfire.job FROM nowcast_reader; REVOKE ALL ON SCHEMA nowcast_hangfire FROM nowcast_reader"))
            await revoke.ExecuteNonQueryAsync(_cancellation);

        async Task RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, reader);
            await command.ExecuteNonQueryAsync(_cancellation);
        }
    }

    [Fact]
    public async Task TheServiceNeedsNoMoreRightsThanTheWritersAndFewConnections()
    {
        await HangfireTables.InstallAsync(test.Database, _cancellation);
        var asWriter = new NpgsqlConnectionStringBuilder(test.ConnectionString)
        {
            Username = "nowcast_writer",
            ApplicationName = "idle service"
        }.ConnectionString;
        await using var database = await Nowcast.Storage.NowcastDatabase.OpenAsync(asWriter, _cancellation);
        await using var server =
            await Server.StartAsync(database, [new TestWork("as writer", (_, _) => Task.FromResult("done"))], _cancellation);
        server.Schedule.Trigger("as writer");
        await test.Database.UntilAsync("as writer", runs => runs is [{ Outcome: "succeeded" }], _cancellation);

        // What the start took goes back; then it stays below.
        const string connections = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'idle service'";
        while (await test.ScalarAsync<long>(connections) > 6)
            await Task.Delay(200, _cancellation);
        for (var look = 0; look < 50; look++)
        {
            Assert.InRange(await test.ScalarAsync<long>(connections), 0, 6);
            await Task.Delay(100, _cancellation);
        }
    }
}
