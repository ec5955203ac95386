using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Grids;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Retention;

/// <summary>Makes the days ahead, drops old ones, and sums scores up. To be run once a day; again does no harm.</summary>
public sealed class DataRetention(NpgsqlDataSource database, GridStore grids, TimeProvider time)
{
    /// <summary>Readers may ask for half a minute (migration 001); the day is free after that.</summary>
    private const int Attempts = 40;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>All of it.</summary>
    /// <exception cref="ReportedException">A long question keeps a day in use.</exception>
    public async Task<RetentionOutcome> RunAsync(RetentionOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        var now = time.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var made = await grids.EnsureDaysAheadAsync(now, options.DaysAhead, cancellation).ConfigureAwait(false);
        // Yesterday's last runs may still wait for the scans of their last leads.
        var summed = await AskAsync("SELECT nowcast.sum_scores_before($1)", today.AddDays(-1), cancellation).ConfigureAwait(false);
        var scores = await AskAsync("SELECT nowcast.drop_scores_before($1)", today.AddDays(-options.ScoreDays), cancellation)
            .ConfigureAwait(false);
        return new(made, await DropDaysBeforeAsync(today.AddDays(-options.MapDays), cancellation).ConfigureAwait(false), summed, scores);
    }

    /// <summary>
    /// Drops the pixels of scans and runs before a UTC day; runs and scores stay. A day at a time, so that readers wait for
    /// one only. Returns how many partitions went.
    /// </summary>
    /// <exception cref="ReportedException">A long question keeps a day in use.</exception>
    public async Task<int> DropDaysBeforeAsync(DateOnly day, CancellationToken cancellation)
    {
        var dropped = 0;
        while (await OldestDayAsync(cancellation).ConfigureAwait(false) is { } oldest && oldest < day)
            dropped += await DropAsync(oldest.AddDays(1), cancellation).ConfigureAwait(false);
        // Scans and runs of which no partition is left, too.
        return dropped + await DropAsync(day, cancellation).ConfigureAwait(false);
    }

    private async Task<int> DropAsync(DateOnly before, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await AskAsync("SELECT nowcast.drop_days_before($1)", before, cancellation).ConfigureAwait(false);
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                if (attempt == Attempts)
                    throw new ReportedException($"Days before {before:yyyy-MM-dd} are in use by a long question; drop them later.", busy);
                await Task.Delay(Pause, time, cancellation).ConfigureAwait(false);
            }
            finally
            {
                grids.ForgetDays();
            }
        }
    }

    private async Task<DateOnly?> OldestDayAsync(CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var command = new NpgsqlCommand("SELECT nowcast.oldest_day()", connection);
        await using var rows = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await rows.ReadAsync(cancellation).ConfigureAwait(false);
        return rows.GetFieldValue<DateOnly?>(0);
    }

    private async Task<int> AskAsync(string sql, DateOnly day, CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        // Years that were never summed up take their time; only the caller decides when it is too long.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0, Parameters = { new() { Value = day } } };
        return (int)(await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
    }
}
