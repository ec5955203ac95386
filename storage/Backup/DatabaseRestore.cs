using ConvLstm.Nowcast.Ingest;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Backup;

/// <summary>Brings a backup into a database that is empty yet.</summary>
public static class DatabaseRestore
{
    /// <summary>What the grants of the dump name; migration 001 gives them their settings afterwards.</summary>
    private const string Roles =
        """
        DO $$
        DECLARE role_name text;
        BEGIN
            FOREACH role_name IN ARRAY ARRAY['nowcast_reader', 'nowcast_writer'] LOOP
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
                    EXECUTE format('CREATE ROLE %I LOGIN', role_name);
                END IF;
            END LOOP;
        END
        $$
        """;

    /// <param name="folder">What <see cref="DatabaseBackup"/> wrote.</param>
    /// <param name="connectionString">What NOWCAST_DB holds; null or empty for the private cluster.</param>
    /// <param name="cancellation">Stops it; the database is then half full, and to be dropped.</param>
    /// <returns>How many days of pixels were brought in.</returns>
    /// <exception cref="ReportedException">The folder holds no backup, the database is not empty, pg_restore fails.</exception>
    public static async Task<int> RunAsync(string folder, string? connectionString, CancellationToken cancellation)
    {
        var backup = new BackupFolder(folder);
        backup.RequireWhole();
        var (settings, _) = await NowcastDatabase.LocateAsync(connectionString, cancellation).ConfigureAwait(false);
        await using var source = NamedPool.Open(settings, "restore");
        await using (var connection = await source.ConnectAsync(cancellation).ConfigureAwait(false))
        {
            if (await AskAsync<bool>(connection, "SELECT to_regnamespace('nowcast') IS NOT NULL", cancellation).ConfigureAwait(false))
            {
                throw new ReportedException(
                    $"{connection.Database} at {connection.Host} has the schema nowcast already: restore into a new database (createdb "
                        + "NAME), and name it in NOWCAST_DB.");
            }
            await AskAsync<object>(connection, Roles, cancellation).ConfigureAwait(false);
        }
        var tool = new PostgresTool(settings);
        await RestoreAsync(tool, backup.Base, settings, cancellation).ConfigureAwait(false);
        var days = backup.Days.ToList();
        foreach (var day in days)
            await RestoreAsync(tool, backup.Day(day), settings, cancellation).ConfigureAwait(false);
        await using (var connection = await source.ConnectAsync(cancellation).ConfigureAwait(false))
        {
            // Migrations are safe to run again: all of them do, for the settings of roles, which no dump holds. The planner has to learn
            // the sizes.
            await AskAsync<object>(connection, "DELETE FROM nowcast.migration", cancellation).ConfigureAwait(false);
            await AskAsync<object>(connection, "ANALYZE", cancellation).ConfigureAwait(false);
        }
        await Migrations.ApplyAsync(source, cancellation).ConfigureAwait(false);
        return days.Count;
    }

    private static Task RestoreAsync(PostgresTool tool, string dump, string settings, CancellationToken cancellation) => tool.RunAsync(
        "pg_restore",
        ["--exit-on-error", "--no-owner", "--no-password", "--single-transaction",
            $"--dbname={new NpgsqlConnectionStringBuilder(settings).Database}", dump],
        cancellation);

    private static async Task<T?> AskAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return (T?)await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false);
    }
}
