using System.Text.Json;
using ConvLstm.Nowcast.Storage.Grids;
using Npgsql;
using NpgsqlTypes;

namespace ConvLstm.Nowcast.Storage.Publishing;

/// <summary>The row of a run.</summary>
internal static class RunRow
{
    /// <summary>The seconds of a lead.</summary>
    public static int Seconds(TimeSpan lead) => checked((int)Math.Round(lead.TotalSeconds));

    /// <summary>
    /// Inserts the row, or takes over that of the same run and clears its tiles and scores. Who publishes the same run at the
    /// same time waits for the row, then replaces in turn.
    /// </summary>
    public static async Task<(long RunId, bool Replaced)> WriteAsync(
        NpgsqlConnection connection, StoredGrid grid, RainForecast forecast, IReadOnlyList<SanityCheck> checks, DateTimeOffset now,
        CancellationToken cancellation)
    {
        // xmax is 0 in a row that was inserted, and this transaction's number in one that was there before.
        await using var upsert = new NpgsqlCommand(
            """
            INSERT INTO nowcast.run (grid_id, issue_time, method, model_version, model_checksum, lead_seconds, thresholds, members, input_times,
                                     input_quality, published_at, tiles, is_complete, is_sane, checks)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, true, $13, $14)
            ON CONFLICT (grid_id, issue_time, model_version, method) DO UPDATE SET
                model_checksum = excluded.model_checksum, lead_seconds = excluded.lead_seconds, thresholds = excluded.thresholds,
                members = excluded.members, input_times = excluded.input_times, input_quality = excluded.input_quality,
                published_at = excluded.published_at, tiles = excluded.tiles, is_complete = true, is_sane = excluded.is_sane,
                checks = excluded.checks, maps_dropped_at = NULL
            RETURNING run_id, xmax <> 0
            """, connection);
        var from = forecast.Provenance;
        upsert.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = grid.Id },
            new() { Value = forecast.IssueTime },
            new() { Value = from.Method },
            new() { Value = from.ModelVersion },
            new() { Value = from.ModelChecksum },
            new() { Value = forecast.LeadTimes.Select(Seconds).ToArray() },
            new() { Value = forecast.Thresholds.ToArray() },
            new() { Value = forecast.Members.Count },
            new() { Value = from.Inputs.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
            new() { Value = from.InputQuality.ToArray() },
            new() { Value = now },
            new() { Value = grid.Tiles.Count * forecast.LeadTimes.Count },
            new() { Value = checks.All(check => check.Passed) },
            new() { Value = JsonSerializer.Serialize(checks, SnakeCase), NpgsqlDbType = NpgsqlDbType.Jsonb },
        });
        long run;
        bool replaced;
        await using (var rows = await upsert.ExecuteReaderAsync(cancellation).ConfigureAwait(false))
        {
            await rows.ReadAsync(cancellation).ConfigureAwait(false);
            (run, replaced) = (rows.GetInt64(0), rows.GetBoolean(1));
        }
        if (replaced)
            await ClearAsync(connection, grid.Id, forecast.IssueTime, run, cancellation).ConfigureAwait(false);
        return (run, replaced);
    }

    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static async Task ClearAsync(
        NpgsqlConnection connection, int grid, DateTimeOffset issueTime, long run, CancellationToken cancellation)
    {
        await using var clear = new NpgsqlBatch(connection);
        foreach (var table in new[] { "forecast_tile", "forecast_strip" })
        {
            var pixels = new NpgsqlBatchCommand($"DELETE FROM nowcast.{table} WHERE grid_id = $1 AND issue_time = $2 AND run_id = $3");
            pixels.Parameters.AddRange(
                new NpgsqlParameter[] { new() { Value = grid }, new() { Value = issueTime }, new() { Value = run } });
            clear.BatchCommands.Add(pixels);
        }
        var open = new NpgsqlBatchCommand("SELECT nowcast.open_scores($1)");
        open.Parameters.Add(new NpgsqlParameter { Value = run });
        clear.BatchCommands.Add(open);
        foreach (var table in new[] { "verification_lead", "verification_threshold", "verification_fss" })
        {
            var scores = new NpgsqlBatchCommand($"DELETE FROM nowcast.{table} WHERE run_id = $1");
            scores.Parameters.Add(new NpgsqlParameter { Value = run });
            clear.BatchCommands.Add(scores);
        }
        await clear.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }
}
