using System.Security.Cryptography;
using System.Text;
using ConvLstm.Nowcast.Ingest;
using Npgsql;

namespace ConvLstm.Nowcast.Storage;

/// <summary>One numbered file of SQL and whether the database has it.</summary>
/// <param name="Number">Its place in the order.</param>
/// <param name="Name">The file's name without number and ending.</param>
/// <param name="AppliedAt">When it was applied; null where it was not, or where the file has changed since.</param>
public sealed record MigrationStatus(int Number, string Name, DateTimeOffset? AppliedAt);

/// <summary>
/// Brings the schema of a database up to date. The files are safe to run again, so a file that has changed is run
/// again, with all that come after it.
/// </summary>
public static class Migrations
{
    /// <summary>Of programs that make the schema at the same moment: the others find it made.</summary>
    private static readonly string[] MadeByAnother =
        [PostgresErrorCodes.UniqueViolation, PostgresErrorCodes.DuplicateSchema, PostgresErrorCodes.DuplicateTable, "XX000"];

    private const int MostTries = 10;

    private static readonly Lazy<IReadOnlyList<File>> Files = new(Load);

    private sealed record File(int Number, string Name, string Sql, string Checksum);

    /// <summary>Applies what is missing; programs that start at once wait for each other. Returns how many files ran.</summary>
    /// <exception cref="ReportedException">PostGIS is missing, or the user may not change the schema.</exception>
    public static async Task<int> ApplyAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        if (!(await PendingAsync(connection, cancellation).ConfigureAwait(false)).Any())
        {
            await LimitReadersAsync(connection, cancellation).ConfigureAwait(false);
            return 0;
        }
        try
        {
            await MakeTableAsync(connection, cancellation).ConfigureAwait(false);
            // All or nothing. The lock is one that a reader can neither take nor keep away, as it could an advisory one.
            await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
            await RunAsync(connection, "LOCK TABLE nowcast.migration IN SHARE UPDATE EXCLUSIVE MODE", cancellation).ConfigureAwait(false);
            var pending = (await PendingAsync(connection, cancellation).ConfigureAwait(false)).ToList();
            foreach (var file in pending)
                await ApplyAsync(connection, file, cancellation).ConfigureAwait(false);
            await transaction.CommitAsync(cancellation).ConfigureAwait(false);
            return pending.Count;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new ReportedException(
                ($"The user {connection.UserName} may not bring the schema nowcast up to date: {refused.MessageText} {refused.Hint} Run "
                + "\"nowcast db migrate\" as the owner of the database.").Replace("  ", " ", StringComparison.Ordinal),
                refused);
        }
    }

    /// <summary>Every file and whether the database has it, in order.</summary>
    public static async Task<IReadOnlyList<MigrationStatus>> StatusAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        var applied = await AppliedAsync(connection, cancellation).ConfigureAwait(false);
        return Files.Value.Select(file => new MigrationStatus(
            file.Number, file.Name,
            applied.TryGetValue(file.Number, out var row) && row.Checksum == file.Checksum ? row.At : null)).ToArray();
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, File file, CancellationToken cancellation)
    {
        try
        {
            // Whatever the user's own path: names without a schema are PostGIS's.
            await RunAsync(connection, "SET LOCAL search_path = public", cancellation).ConfigureAwait(false);
            await RunAsync(connection, file.Sql, cancellation).ConfigureAwait(false);
        }
        catch (PostgresException missing) when (missing.MessageText.Contains("extension \"postgis", StringComparison.Ordinal)
            && missing.SqlState is PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.UndefinedFile)
        {
            throw new ReportedException(
                $"The PostgreSQL at {connection.Host} has no PostGIS with rasters. Install it there (Debian: apt-get install "
                    + $"postgresql-{connection.PostgreSqlVersion.Major}-postgis-3) and try again.",
                missing);
        }
        await using var record = new NpgsqlCommand(
            """
            INSERT INTO nowcast.migration (number, name, checksum) VALUES ($1, $2, $3)
            ON CONFLICT (number) DO UPDATE SET name = excluded.name, checksum = excluded.checksum, applied_at = now()
            """, connection)
        {
            Parameters = { new() { Value = file.Number }, new() { Value = file.Name }, new() { Value = file.Checksum } },
        };
        await record.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task MakeTableAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await RunAsync(
                    connection,
                    """
                    CREATE SCHEMA IF NOT EXISTS nowcast;
                    CREATE TABLE IF NOT EXISTS nowcast.migration (
                        number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
                    COMMENT ON TABLE nowcast.migration IS 'Which numbered SQL files made this schema, and when.';
                    COMMENT ON COLUMN nowcast.migration.number IS 'The order in which they run.';
                    COMMENT ON COLUMN nowcast.migration.name IS 'Of the file.';
                    COMMENT ON COLUMN nowcast.migration.checksum IS 'SHA-256 of the file: one that has changed is run again, with all that come after it.';
                    COMMENT ON COLUMN nowcast.migration.applied_at IS 'When it ran last.';
                    """,
                    cancellation).ConfigureAwait(false);
                return;
            }
            catch (PostgresException another) when (attempt < MostTries && MadeByAnother.Contains(another.SqlState))
            {
                // It is there now, or about to be.
            }
        }
    }

    /// <summary>What a copy or a restored dump of a database does not bring along: the rights to the database itself.</summary>
    private static async Task LimitReadersAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var query = new NpgsqlCommand(
            """
            SELECT has_function_privilege('nowcast.limit_readers()', 'EXECUTE') AND has_database_privilege('nowcast_reader', current_database(), 'TEMPORARY')
            """, connection);
        if ((bool)(await query.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!)
            await RunAsync(connection, "SELECT nowcast.limit_readers()", cancellation).ConfigureAwait(false);
    }

    private static async Task<IEnumerable<File>> PendingAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var applied = await AppliedAsync(connection, cancellation).ConfigureAwait(false);
        return Files.Value.SkipWhile(file => applied.TryGetValue(file.Number, out var row) && row.Checksum == file.Checksum);
    }

    private static async Task<Dictionary<int, (string Checksum, DateTimeOffset At)>> AppliedAsync(
        NpgsqlConnection connection, CancellationToken cancellation)
    {
        var applied = new Dictionary<int, (string, DateTimeOffset)>();
        await using var exists = new NpgsqlCommand("SELECT to_regclass('nowcast.migration') IS NOT NULL", connection);
        if (!(bool)(await exists.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!)
            return applied;
        await using var query = new NpgsqlCommand("SELECT number, checksum, applied_at FROM nowcast.migration", connection);
        await using var rows = await query.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
            applied.Add(rows.GetInt32(0), (rows.GetString(1), rows.GetFieldValue<DateTimeOffset>(2)));
        return applied;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        // A first PostGIS takes seconds, an index on years of data minutes; only the caller decides when it is too long.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private static File[] Load()
    {
        var assembly = typeof(Migrations).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Select(resource =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            var sql = reader.ReadToEnd();
            // …Migrations.001_foundation.sql; a resource's name has an underscore before a leading digit in a folder only.
            var parts = resource.Split('.')[^2].Split('_', 2);
            return new File(
                int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), parts[1], sql,
                Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
        }).OrderBy(file => file.Number).ToArray();
    }
}
