using Npgsql;

namespace ConvLstm.Nowcast.Storage;

/// <summary>
/// Connections whose metrics have a name of their own: Npgsql calls a pool without one by its connection string, hosts and users
/// included.
/// </summary>
public static class NamedPool
{
    /// <param name="connectionString">With the password.</param>
    /// <param name="name">What the metrics call it.</param>
    public static NpgsqlDataSource Open(string connectionString, string name) =>
        new NpgsqlDataSourceBuilder(connectionString) { Name = name }.Build();
}
