using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Cluster;
using ConvLstm.Nowcast.Storage.Roles;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

/// <summary>
/// What a hostile reader tries, and that it comes to nothing; each with the protection taken away once, where it does come to something.
/// </summary>
public sealed class ReaderLimitsTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private const string AdvisoryLocks = "pg_advisory_lock(bigint), pg_advisory_lock(integer, integer)";

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task AReaderCannotKeepAJobFromRunning()
    {
        await using var reader = await ReaderAsync();
        await RefusedAsync(reader, "INSERT INTO nowcast.lease VALUES ('job ingest', gen_random_uuid(), 'infinity')");
        await RefusedAsync(reader, "SELECT * FROM nowcast.lease");
        await using (var lease = test.Database.Jobs.TryTakeLease("ingest"))
            Assert.NotNull(lease);

        await OwnerAsync("GRANT INSERT ON nowcast.lease TO nowcast_reader");
        await RunAsync(reader, "INSERT INTO nowcast.lease VALUES ('job ingest', gen_random_uuid(), 'infinity')");
        Assert.Null(test.Database.Jobs.TryTakeLease("ingest"));
        await OwnerAsync("REVOKE INSERT ON nowcast.lease FROM nowcast_reader; DELETE FROM nowcast.lease");
    }

    [Fact]
    public async Task AReaderWithEveryAdvisoryLockHoldsNothingUp()
    {
        await using var reader = await ReaderAsync();
        await RefusedAsync(reader, "SELECT pg_advisory_lock(1)");

        // Where the server's administrator left them to everybody; those that the program once used, too.
        await OwnerAsync($"GRANT EXECUTE ON FUNCTION {AdvisoryLocks} TO nowcast_reader");
        await RunAsync(reader, "SELECT pg_advisory_lock(k) FROM unnest(ARRAY[31084805997294452, hashtext('nowcast.define_grid'), "
            + "hashtext('nowcast.projection_srid')]) AS k");
        await RunAsync(reader, "SELECT pg_advisory_lock(hashtext('nowcast.ensure_days'), g) FROM generate_series(1, 50) AS g");
        await RunAsync(reader, "SELECT pg_advisory_lock(1852798819, hashtext(j)) FROM unnest(ARRAY['ingest', 'nowcast', 'verify', "
            + "'retrain']) AS j");
        await using var lease = test.Database.Jobs.TryTakeLease("nowcast");
        Assert.NotNull(lease);
        await test.Database.Scans.StoreAsync(Sample.RadarFrame(Sample.SphereGrid()), "x", cancellation: _cancellation);
        await OwnerAsync("UPDATE nowcast.migration SET checksum = 'older' WHERE number = 1");
        Assert.NotEqual(0, await Migrations.ApplyAsync(test.Database.DataSource, _cancellation));

        await OwnerAsync($"REVOKE EXECUTE ON FUNCTION {AdvisoryLocks} FROM nowcast_reader");
    }

    [Fact]
    public async Task AReaderCannotHoldUpWhatChangesTheSchema()
    {
        await using var reader = await ReaderAsync();
        foreach (var mode in new[] { "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE",
            "ACCESS EXCLUSIVE" })
            await RefusedAsync(reader, $"BEGIN; LOCK TABLE nowcast.grid IN {mode} MODE", "ROLLBACK");
        await RefusedAsync(reader, "SELECT FROM nowcast.grid FOR KEY SHARE");
        await RunAsync(reader, "BEGIN; LOCK TABLE nowcast.grid, nowcast.migration IN ACCESS SHARE MODE");
        await test.Database.Grids.EnsureAsync(Sample.StereographicGrid(), _cancellation);
        await RunAsync(reader, "ROLLBACK");

        await OwnerAsync("GRANT UPDATE ON nowcast.grid TO nowcast_reader");
        await RunAsync(reader, "BEGIN; LOCK TABLE nowcast.grid IN SHARE MODE");
        await using (var owner = await test.Database.DataSource.OpenConnectionAsync(_cancellation))
        {
            var kept = await Assert.ThrowsAsync<PostgresException>(() => RunAsync(
                owner, "BEGIN; SET LOCAL lock_timeout = '50ms'; SELECT nowcast.define_grid('other', '', '', true, true, 8, 8, 1, 1, 0, 8, "
                    + "64)"));
            Assert.Equal(PostgresErrorCodes.LockNotAvailable, kept.SqlState);
            await RunAsync(owner, "ROLLBACK");
        }
        await RunAsync(reader, "ROLLBACK");
        await OwnerAsync("REVOKE UPDATE ON nowcast.grid FROM nowcast_reader");
    }

    [Theory]
    [InlineData("SELECT lo_create(0)", "GRANT EXECUTE ON FUNCTION lo_create(oid) TO nowcast_reader")]
    [InlineData("SELECT lo_creat(-1)", "GRANT EXECUTE ON FUNCTION lo_creat(integer) TO nowcast_reader")]
    [InlineData("SELECT lo_from_bytea(0, repeat('x', 1000)::bytea)",
        "GRANT EXECUTE ON FUNCTION lo_from_bytea(oid, bytea) TO nowcast_reader")]
    [InlineData("CREATE TEMPORARY TABLE much AS SELECT generate_series(1, 1000)",
        "GRANT TEMPORARY ON DATABASE {database} TO nowcast_reader")]
    [InlineData("CREATE TABLE public.much (x int)", "GRANT CREATE ON SCHEMA public TO nowcast_reader")]
    [InlineData("SELECT pg_logical_emit_message(false, 'x', repeat('x', 1000))",
        "GRANT EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, text) TO nowcast_reader")]
    public async Task AReaderStoresNothing(string attempt, string withoutProtection)
    {
        await using var reader = await ReaderAsync();
        await RefusedAsync(reader, attempt);

        var grant = withoutProtection.Replace("{database}", reader.Database, StringComparison.Ordinal);
        await OwnerAsync(grant);
        await RunAsync(reader, attempt);
        await OwnerAsync(grant.Replace("GRANT", "REVOKE", StringComparison.Ordinal).Replace(" TO ", " FROM ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AReaderThatLiftsItsTimeoutsIsEndedByTheService()
    {
        await using var service = await NowcastDatabase.OpenAsync(As("nowcast_writer"), _cancellation);
        await using var reader = await ReaderAsync();
        await RunAsync(reader, "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0");
        var asking = RunAsync(reader, "SELECT pg_sleep(3600)");
        while (await test.ScalarAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'nowcast_reader' AND datname = current_database() AND query LIKE "
                + "'%pg_sleep%'") == 0)
            await Task.Delay(20, _cancellation);

        await using var own = await service.DataSource.OpenConnectionAsync(_cancellation);
        // The service's right to end it comes from this alone.
        await OwnerAsync("REVOKE nowcast_reader FROM nowcast_writer");
        Assert.Equal(0, ReaderLimits.EndOverdue(own, TimeSpan.Zero));
        await OwnerAsync("GRANT nowcast_reader TO nowcast_writer");

        Assert.Equal(0, ReaderLimits.EndOverdue(own, TimeSpan.FromHours(1)));
        Assert.Equal(1, ReaderLimits.EndOverdue(own, TimeSpan.Zero));
        Assert.Equal(PostgresErrorCodes.AdminShutdown, (await Assert.ThrowsAsync<PostgresException>(() => asking)).SqlState);
    }

    [Fact]
    public async Task ReadersLeaveConnectionsForTheService()
    {
        // A server of its own: the limits hold for all its databases.
        var options = new ClusterOptions { Folder = TestCluster.NewFolder(), Durable = false };
        await using var database = await NowcastDatabase.OpenAsync(null, _cancellation, options);
        try
        {
            string As(string role) =>
                new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Pooling = false }.ConnectionString;
            Assert.InRange(await OpenAsManyAsThereAreAsync(As("nowcast_reader"), As("nowcast_writer"), isLetIn: true), 1, 20);

            await using (var lift = database.DataSource.CreateCommand("ALTER ROLE nowcast_reader CONNECTION LIMIT -1"))
                await lift.ExecuteNonQueryAsync(_cancellation);
            Assert.InRange(await OpenAsManyAsThereAreAsync(As("nowcast_reader"), As("nowcast_writer"), isLetIn: false), 21, 60);
            Assert.Contains(await database.Readers.MissingAsync(_cancellation),
                missing => missing.Contains("CONNECTION LIMIT", StringComparison.Ordinal));
        }
        finally
        {
            await database.Cluster!.StopAsync(CancellationToken.None);
            Directory.Delete(options.Folder, recursive: true);
        }
    }

    [Fact]
    public async Task WhatReadersMayCallOnlyReads()
    {
        const string changing =
            """
            SELECT coalesce(string_agg(proname, ', '), '') FROM pg_proc WHERE pronamespace = 'nowcast'::regnamespace
            AND has_function_privilege('nowcast_reader', oid, 'EXECUTE') AND (prosecdef OR provolatile = 'v')
            """;
        Assert.Equal("", await test.ScalarAsync<string>(changing));
        Assert.Empty(await test.Database.Readers.MissingAsync(_cancellation));

        // A function that somebody adds is everybody's until that is taken back.
        await OwnerAsync("CREATE FUNCTION nowcast.added() RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT TEMPORARY ON DATABASE "
            + new NpgsqlConnectionStringBuilder(test.ConnectionString).Database + " TO PUBLIC");
        Assert.Equal("added", await test.ScalarAsync<string>(changing));
        Assert.Single(await test.Database.Readers.MissingAsync(_cancellation));
        await OwnerAsync("DROP FUNCTION nowcast.added()");
        // The next start takes back what is left to everybody.
        Assert.Equal(0, await Migrations.ApplyAsync(test.Database.DataSource, _cancellation));
        Assert.Empty(await test.Database.Readers.MissingAsync(_cancellation));
    }

    private async Task<int> OpenAsManyAsThereAreAsync(string reader, string writer, bool isLetIn)
    {
        var open = new List<NpgsqlConnection>();
        try
        {
            while (open.Count < 100)
            {
                var connection = new NpgsqlConnection(reader);
                open.Add(connection);
                await connection.OpenAsync(_cancellation);
            }
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            await using var service = new NpgsqlConnection(writer);
            if (isLetIn)
                await service.OpenAsync(_cancellation);
            else
                await Assert.ThrowsAsync<PostgresException>(() => service.OpenAsync(_cancellation));
        }
        finally
        {
            foreach (var connection in open)
                await connection.DisposeAsync();
        }
        return open.Count - 1;
    }

    private string As(string role) => new NpgsqlConnectionStringBuilder(test.ConnectionString) { Username = role }.ConnectionString;

    private async Task<NpgsqlConnection> ReaderAsync()
    {
        var reader = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(As("nowcast_reader")) { Pooling = false }.ConnectionString);
        await reader.OpenAsync(_cancellation);
        // What every role may do for itself.
        await RunAsync(reader, "SET default_transaction_read_only = off");
        return reader;
    }

    private async Task RefusedAsync(NpgsqlConnection reader, string sql, string? then = null)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => RunAsync(reader, sql));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        if (then is not null)
            await RunAsync(reader, then);
    }

    private async Task OwnerAsync(string sql)
    {
        await using var owner = test.Database.DataSource.CreateCommand(sql);
        await owner.ExecuteNonQueryAsync(_cancellation);
    }

    private async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(_cancellation);
    }
}
