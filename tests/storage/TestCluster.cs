using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Cluster;
using ConvLstm.Nowcast.Tests.Storage;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(TestCluster))]

namespace ConvLstm.Nowcast.Tests.Storage;

/// <summary>
/// One real PostgreSQL for all tests that want a database, started by the first of them in a temporary folder. The schema is
/// made once, in a template; each class of tests gets a copy of it.
/// </summary>
public sealed class TestCluster : IAsyncDisposable
{
    private const string Template = "nowcast";
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private PrivateCluster? _cluster;
    private int _copies;

    /// <summary>A new database with the schema and no rows, or with what another template has.</summary>
    public async Task<string> CreateDatabaseAsync(CancellationToken cancellation, string template = Template)
    {
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            _cluster ??= await StartAsync(cancellation);
            var name = $"test_{++_copies}";
            await using var connection = new NpgsqlConnection(On("postgres"));
            await connection.OpenAsync(cancellation);
            await using var create = new NpgsqlCommand($"CREATE DATABASE {name} TEMPLATE {template}", connection);
            await create.ExecuteNonQueryAsync(cancellation);
            return On(name, pooling: true);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>A folder that any user of the machine may pass through, short enough for a socket.</summary>
    public static string NewFolder() => Path.Combine("/tmp", $"nct-{Guid.NewGuid().ToString("N")[..8]}");

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.StopAsync(CancellationToken.None);
            Directory.Delete(_cluster.Folder, recursive: true);
        }
        _oneAtATime.Dispose();
    }

    private static async Task<PrivateCluster> StartAsync(CancellationToken cancellation)
    {
        var options = new ClusterOptions { Folder = NewFolder(), Durable = false };
        await using var database = await NowcastDatabase.OpenAsync(null, cancellation, options);
        // With a hundred databases the workers of autovacuum would start twice a second, for tables that are gone in a minute.
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(database.Cluster!.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellation);
        foreach (var statement in new[] { "ALTER SYSTEM SET autovacuum_naptime = '1h'", "SELECT pg_reload_conf()" })
        {
            await using var set = new NpgsqlCommand(statement, connection);
            await set.ExecuteNonQueryAsync(cancellation);
        }
        return database.Cluster!;
    }

    private string On(string database, bool pooling = false) =>
        new NpgsqlConnectionStringBuilder(_cluster!.ConnectionString) { Database = database, Pooling = pooling }.ConnectionString;
}

/// <summary>A database of its own for a class of tests.</summary>
public sealed class TestDatabase(TestCluster cluster) : IAsyncLifetime
{
    public NowcastDatabase Database { get; private set; } = null!;

    public string ConnectionString { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        ConnectionString = await cluster.CreateDatabaseAsync(CancellationToken.None);
        Database = await NowcastDatabase.OpenAsync(ConnectionString, CancellationToken.None);
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    /// <summary>How many runs lack some of their maps: none may, whatever was killed or cancelled.</summary>
    public Task<long> IncompleteRunsAsync() => ScalarAsync<long>(
        """
        SELECT count(*) FROM nowcast.run AS r
        WHERE NOT is_complete OR tiles <> (SELECT count(*) FROM nowcast.forecast_tile AS t WHERE t.run_id = r.run_id)
        """);

    /// <summary>Runs SQL and gives its first value.</summary>
    public async Task<T> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
