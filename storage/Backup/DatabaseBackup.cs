using System.Data;
using ConvLstm.Nowcast.Ingest;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Backup;

/// <summary>What a backup did.</summary>
/// <param name="DaysWritten">Days whose pixels were dumped.</param>
/// <param name="DaysKept">Days that the folder held already.</param>
public sealed record BackupOutcome(int DaysWritten, int DaysKept);

/// <summary>
/// Backs the database up into a folder. Run again on the same folder, it reads the pixels only of days that have changed. All dumps are
/// of one moment: they share the snapshot of a transaction
/// (https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-SNAPSHOT-SYNCHRONIZATION).
/// </summary>
public sealed class DatabaseBackup(NowcastDatabase database)
{
    /// <exception cref="ReportedException">pg_dump is not there or fails, or the folder cannot be written.</exception>
    public async Task<BackupOutcome> RunAsync(string folder, CancellationToken cancellation)
    {
        var backup = new BackupFolder(folder);
        var tool = new PostgresTool(database.ConnectionString);
        await using var connection = await database.DataSource.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation)
            .ConfigureAwait(false);
        var snapshot = await SnapshotAsync(connection, cancellation).ConfigureAwait(false);
        var days = await DayPartitions.ListAsync(connection, cancellation).ConfigureAwait(false);
        var changed = days.Where(d => !backup.Holds(d)).ToList();
        foreach (var day in changed)
        {
            await BackupFolder.ReplaceAsync(backup.Day(day.Day), async aside =>
            {
                await tool.RunAsync("pg_dump", [.. Dump(aside, snapshot), "--data-only",
                    .. day.Tables.Select(t => $"--table=nowcast.\"{t}\"")], cancellation).ConfigureAwait(false);
                BackupFolder.WriteContent(aside, day);
            }).ConfigureAwait(false);
        }
        // Last: a base that is there has all of its days beside it.
        await BackupFolder.ReplaceAsync(backup.Base, aside => tool.RunAsync(
            "pg_dump", [.. Dump(aside, snapshot), .. days.SelectMany(d => d.Tables).Select(t => $"--exclude-table-data=nowcast.\"{t}\"")],
                cancellation)).ConfigureAwait(false);
        // Days that retention has dropped.
        foreach (var gone in backup.Days.Except(days.Select(d => d.Day)).ToList())
            backup.RemoveDay(gone);
        return new(changed.Count, days.Count - changed.Count);
    }

    private static IEnumerable<string> Dump(string folder, string snapshot) =>
        ["--format=directory", $"--file={folder}", $"--snapshot={snapshot}", "--no-owner", "--no-password"];

    private static async Task<string> SnapshotAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var export = new NpgsqlCommand("SELECT pg_export_snapshot()", connection);
        return (string)(await export.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
    }
}
