using ConvLstm.Nowcast.Tests.Storage;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

public sealed class BackupAndRestore(TestCluster cluster, Archive archive) : IClassFixture<Archive>, IDisposable
{
    private const string Answers =
        """
        SELECT md5(string_agg(t::text, E'\n')) FROM (
            SELECT s.valid_time, ST_AsBinary(s.rast) FROM nowcast.scan_tile AS s
            UNION ALL SELECT f.issue_time, ST_AsBinary(f.rast) FROM nowcast.forecast_tile AS f
            UNION ALL SELECT p.issue_time, p.rates || p.percent FROM nowcast.forecast_strip AS p ORDER BY 1, 2) AS t
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task ARestoredDatabaseAnswersTheSameAndGoesOn()
    {
        var original = await cluster.CreateDatabaseAsync(_cancellation);
        var cli = Cli.In(_folder, original).With("NOWCAST_LEADMINUTES", "15");
        await cli.DoAsync(["ingest", .. Enumerable.Range(0, 5).Select(archive.FileOf)]);
        await cli.DoAsync("run");
        var copy = await EmptyDatabaseAsync(original);

        var backup = await cli.DoAsync("db", "backup", "kept");
        var restored = await Cli.In(_folder, copy).DoAsync("db", "restore", "kept");

        Assert.Contains("1 days written, 0 were there already", backup, StringComparison.Ordinal);
        Assert.Contains("1 days", restored, StringComparison.Ordinal);
        Assert.Equal(await ScalarAsync(original, Answers), await ScalarAsync(copy, Answers));
        var place = "SELECT string_agg(r::text, ';') FROM nowcast.grid AS g, nowcast.rain_at((g.west + g.east) / 2, (g.south + g.north) / "
            + "2, '2100-01-01') AS r";
        Assert.Equal(await ScalarAsync(original, place), await ScalarAsync(copy, place));
        // The feed goes on: the next scan is new, those before are known.
        Assert.Contains("1 scans stored, 1 were there already",
            await Cli.In(_folder, copy).DoAsync("ingest", archive.FileOf(4), archive.FileOf(5)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADayThatHasNotChangedIsNotReadAgainAndOneThatHasIs()
    {
        var original = await cluster.CreateDatabaseAsync(_cancellation);
        var cli = Cli.In(_folder, original);
        await cli.DoAsync("ingest", archive.FileOf(0), archive.FileOf(1));
        await cli.DoAsync("db", "backup", "kept");

        var again = await cli.DoAsync("db", "backup", "kept");
        await cli.DoAsync("ingest", archive.FileOf(2));
        var changed = await cli.DoAsync("db", "backup", "kept");

        Assert.Contains("0 days written, 1 were there already", again, StringComparison.Ordinal);
        Assert.Contains("1 days written, 0 were there already", changed, StringComparison.Ordinal);
        var copy = await EmptyDatabaseAsync(original);
        await Cli.In(_folder, copy).DoAsync("db", "restore", "kept");
        Assert.Equal(await ScalarAsync(original, Answers), await ScalarAsync(copy, Answers));
    }

    [Fact]
    public async Task ADatabaseInUseIsNotRestoredInto()
    {
        var original = await cluster.CreateDatabaseAsync(_cancellation);
        var cli = Cli.In(_folder, original);
        await cli.DoAsync("db", "backup", "kept");

        Assert.Contains("createdb", await cli.FailAsync(1, "db", "restore", "kept"), StringComparison.Ordinal);
        Assert.Contains("holds no backup", await cli.FailAsync(1, "db", "restore", "nowhere"), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<string> EmptyDatabaseAsync(string beside)
    {
        var name = $"restored_{Guid.NewGuid():N}";
        await ScalarAsync(beside, $"CREATE DATABASE {name} TEMPLATE template0");
        return new NpgsqlConnectionStringBuilder(beside) { Database = name }.ConnectionString;
    }

    private static async Task<object?> ScalarAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
