using Dapper;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Jobs;

/// <summary>A program that shares the work.</summary>
/// <param name="Server">Its name.</param>
/// <param name="Host">The machine.</param>
/// <param name="Roles">What it does, with commas.</param>
/// <param name="Program">Its version.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="SeenAt">UTC; when it last said that it is alive.</param>
/// <param name="IsAlive">It was seen within the last half minute.</param>
public sealed record ServerRow(string Server, string Host, string Roles, string Program, DateTimeOffset StartedAt, DateTimeOffset SeenAt, bool IsAlive);

/// <summary>The programs that share the work, by the clock of the database.</summary>
public sealed class Servers
{
    private readonly NpgsqlDataSource _database;

    public Servers(NpgsqlDataSource database)
    {
        Queries.DapperTypes.Register();
        _database = database;
    }

    /// <summary>Says that a server is alive, and forgets those that have not been for a day.</summary>
    public Task SeenAsync(string server, IReadOnlyList<string> roles, string program, CancellationToken cancellation) => ExecuteAsync(
        """
        INSERT INTO nowcast.server (server, host, roles, program, started_at, seen_at) VALUES (@server, @host, @roles, @program, now(), now())
        ON CONFLICT (server) DO UPDATE SET seen_at = now();
        DELETE FROM nowcast.server WHERE seen_at < now() - interval '1 day'
        """, new { server, host = Environment.MachineName, roles = roles.ToArray(), program }, cancellation);

    /// <summary>Says that a server ends.</summary>
    public Task GoneAsync(string server, CancellationToken cancellation) =>
        ExecuteAsync("DELETE FROM nowcast.server WHERE server = @server", new { server }, cancellation);

    /// <summary>Those that are alive first.</summary>
    public async Task<IReadOnlyList<ServerRow>> ListAsync(CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync<ServerRow>(new CommandDefinition(
            """
            SELECT server AS Server, host AS Host, array_to_string(roles, ', ') AS Roles, program AS Program, started_at AS StartedAt, seen_at AS SeenAt,
                   seen_at > now() - interval '30 seconds' AS IsAlive
            FROM nowcast.server ORDER BY 7 DESC, started_at
            """, cancellationToken: cancellation)).ConfigureAwait(false)).AsList();
    }

    private async Task ExecuteAsync(string sql, object parameters, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellation)).ConfigureAwait(false);
    }
}
