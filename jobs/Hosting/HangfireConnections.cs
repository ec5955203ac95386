using ConvLstm.Nowcast.Storage;
using Hangfire.PostgreSql;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>
/// Hangfire's connections: few, whatever its workers do, as each of them looks into its queues several times a second and would soon have
/// one of its own.
/// They wait for each other for milliseconds; what needs a second one while it holds a first (<see cref="QueuedOnceFilter"/>) takes it
/// elsewhere.
/// </summary>
internal sealed class HangfireConnections(NowcastDatabase database) : IConnectionFactory, IDisposable
{
    private const int Most = 3;

    private readonly NpgsqlDataSource _source =
        NamedPool.Open(new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = Most }.ConnectionString, "hangfire");

    public NpgsqlConnection GetOrCreateConnection() => _source.CreateConnection();

    public void Dispose() => _source.Dispose();
}
