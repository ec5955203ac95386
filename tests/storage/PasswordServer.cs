using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Cluster;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

/// <summary>PostgreSQL as most people have it: over TCP, and only with a password (scram-sha-256).</summary>
public sealed class PasswordServer : IAsyncLifetime
{
    private PrivateCluster? _cluster;

    /// <summary>As NOWCAST_DB holds it, in the form of an address, as most hosts give it out.</summary>
    public string Address { get; private set; } = "";

    public NowcastDatabase Database { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await PrivateCluster.StartAsync(new() { Folder = TestCluster.NewFolder(), Durable = false, LoopbackPort = 0 },
            CancellationToken.None);
        await using (var owner = NpgsqlDataSource.Create(_cluster.ConnectionString))
        {
            await using var command = owner.CreateCommand("ALTER ROLE nowcast PASSWORD 'm0use @home'");
            await command.ExecuteNonQueryAsync();
        }
        Address = $"postgresql://nowcast:m0use%20%40home@127.0.0.1:{_cluster.Port}/nowcast";
        Database = await NowcastDatabase.OpenAsync(Address, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await _cluster!.StopAsync(CancellationToken.None);
        Directory.Delete(_cluster.Folder, recursive: true);
    }
}
