using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage;
using Hangfire.PostgreSql;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>
/// Hangfire's tables, in a schema of their own, made by its installer as the owner of the database; the service uses them as
/// nowcast_writer.
/// </summary>
internal static class HangfireTables
{
    internal const string Schema = "nowcast_hangfire";

    private const string Grants =
        $"""
        COMMENT ON SCHEMA {Schema} IS 'What is due when, and which server has taken it. Belongs to Hangfire; look at nowcast.job_history instead.';
        GRANT USAGE ON SCHEMA {Schema} TO nowcast_writer;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {Schema} TO nowcast_writer;
        GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA {Schema} TO nowcast_writer;
        """;

    /// <summary>Makes them, or brings them up to date, where that is needed; programs that start at once wait for each other.</summary>
    /// <exception cref="ReportedException">The user may not.</exception>
    internal static async Task InstallAsync(NowcastDatabase database, CancellationToken cancellation)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellation);
        if (await VersionAsync(connection, cancellation) >= Newest())
            return;
        try
        {
            await using var gate = await database.DataSource.OpenConnectionAsync(cancellation);
            await using var held = await gate.BeginTransactionAsync(cancellation);
            await RunAsync(gate, "LOCK TABLE nowcast.migration IN SHARE UPDATE EXCLUSIVE MODE", cancellation);
            await Task.Run(() => PostgreSqlObjectsInstaller.Install(connection, Schema), cancellation);
            await RunAsync(connection, Grants, cancellation);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new ReportedException(
                $"The user {connection.UserName} may not make the tables of the schedule: {refused.MessageText}. Run \"nowcast db "
                    + "migrate\" as the owner of the database.", refused);
        }
    }

    /// <summary>The installer has one script for each version.</summary>
    private static int Newest() => typeof(PostgreSqlObjectsInstaller).Assembly.GetManifestResourceNames()
        .Select(name => name.Split(".Install.v") is [_, var end]
            && int.TryParse(end.Split('.')[0], CultureInfo.InvariantCulture, out var version) ? version : 0).Max();

    private static async Task<int> VersionAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var exists = new NpgsqlCommand($"SELECT to_regclass('{Schema}.schema') IS NOT NULL", connection);
        if (!(bool)(await exists.ExecuteScalarAsync(cancellation))!)
            return 0;
        await using var version = new NpgsqlCommand($"SELECT version FROM {Schema}.schema", connection);
        return await version.ExecuteScalarAsync(cancellation) as int? ?? 0;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
