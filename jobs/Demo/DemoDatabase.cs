using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Cluster;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Demo;

/// <summary>A fresh database beside the service's own, in the private cluster.</summary>
internal static class DemoDatabase
{
    internal static async Task<NowcastDatabase> CreateAsync(CancellationToken cancellation)
    {
        var cluster = await PrivateCluster.StartAsync(new ClusterOptions(), cancellation);
        await using (var server = NamedPool.Open(cluster.ConnectionString, "demo"))
        {
            foreach (var statement in new[] { $"DROP DATABASE IF EXISTS {DemoPlan.Database} WITH (FORCE)",
                $"CREATE DATABASE {DemoPlan.Database}" })
            {
                await using var command = server.CreateCommand(statement);
                await command.ExecuteNonQueryAsync(cancellation);
            }
        }
        var settings = new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { Database = DemoPlan.Database };
        return await NowcastDatabase.OpenAsync(settings.ConnectionString, cancellation);
    }
}
