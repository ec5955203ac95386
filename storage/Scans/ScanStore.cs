using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Quality;
using ConvLstm.Nowcast.Storage.Grids;
using ConvLstm.Nowcast.Storage.Rasters;
using Npgsql;
using NpgsqlTypes;

namespace ConvLstm.Nowcast.Storage.Scans;

/// <summary>Scans into the database and out of it.</summary>
public sealed class ScanStore(NpgsqlDataSource database, GridStore grids)
{
    /// <summary>Stores a scan once, however often it arrives: (grid, valid time) names it. All of it or nothing.</summary>
    /// <param name="frame">The scan.</param>
    /// <param name="sourceFile">The name of its file.</param>
    /// <param name="qualityJson">What the quality control found, a JSON object; null for nothing.</param>
    /// <param name="cancellation">Stops the work; nothing is stored then.</param>
    /// <exception cref="ReportedException">Its grid's name stands for another grid, or its rates cannot be.</exception>
    public async Task<ScanOutcome> StoreAsync(
        RadarFrame frame, string sourceFile, string? qualityJson = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var summary = ScanSummary.Of(frame);
        if (summary.MinMmH < 0 || summary.MaxMmH > float.MaxValue)
        {
            throw new ReportedException(
                $"The scan of {frame.Grid.Name} at {frame.ValidTime:yyyy-MM-ddTHH:mm:ssZ} holds rates from {summary.MinMmH} to "
                    + $"{summary.MaxMmH} mm/h; a scan holds 0 and more, or NaN where nothing was observed.");
        }
        var grid = await grids.EnsureAsync(frame.Grid, cancellation).ConfigureAwait(false);
        await grids.EnsureDaysAsync(grid, frame.ValidTime, frame.ValidTime, cancellation).ConfigureAwait(false);
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        if (!await InsertRowAsync(connection, grid.Id, frame, sourceFile, qualityJson, summary, cancellation).ConfigureAwait(false))
            return ScanOutcome.AlreadyThere;
        await CopyTilesAsync(connection, grid, frame, cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return ScanOutcome.Stored;
    }

    /// <summary>
    /// Stores a scan in place of the one of its grid and time, at once for whoever reads; the same errors as for
    /// <see cref="StoreAsync"/>.
    /// </summary>
    public async Task ReplaceAsync(RadarFrame frame, string sourceFile, string? qualityJson, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var grid = await grids.EnsureAsync(frame.Grid, cancellation).ConfigureAwait(false);
        await grids.EnsureDaysAsync(grid, frame.ValidTime, frame.ValidTime, cancellation).ConfigureAwait(false);
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        foreach (var table in (string[])["scan_tile", "scan"])
        {
            await using var delete = new NpgsqlCommand($"DELETE FROM nowcast.{table} WHERE grid_id = $1 AND valid_time = $2", connection)
            {
                Parameters = { new() { Value = grid.Id }, new() { Value = frame.ValidTime } },
            };
            await delete.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }
        await InsertRowAsync(connection, grid.Id, frame, sourceFile, qualityJson, ScanSummary.Of(frame), cancellation)
            .ConfigureAwait(false);
        await CopyTilesAsync(connection, grid, frame, cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>The scan of a grid and time without its pixels; null where there is none.</summary>
    public async Task<StoredScan?> FindAsync(string grid, DateTimeOffset validTime, CancellationToken cancellation) =>
        (await ListAsync(grid, validTime, validTime, cancellation).ConfigureAwait(false)).SingleOrDefault();

    /// <summary>How many scans of a grid there are; of all grids where no name is given.</summary>
    public async Task<long> CountAsync(string? grid, CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var query = new NpgsqlCommand(
            "SELECT count(*) FROM nowcast.scan JOIN nowcast.grid USING (grid_id) WHERE $1::text IS NULL OR name = $1", connection)
        {
            Parameters = { new() { Value = (object?)grid ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text } },
        };
        return (long)(await query.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
    }

    /// <summary>The scans from one time to another, both included, oldest first, without their pixels.</summary>
    public async Task<IReadOnlyList<StoredScan>> ListAsync(
        string grid, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var query = new NpgsqlCommand(
            """
            SELECT valid_time, source_file, received_at, missing_share, wet_share, min_mm_h, mean_mm_h, max_mm_h
            FROM nowcast.scan JOIN nowcast.grid USING (grid_id)
            WHERE name = $1 AND valid_time BETWEEN $2 AND $3 ORDER BY valid_time
            """, connection)
        {
            Parameters = { new() { Value = grid }, new() { Value = from }, new() { Value = to } },
        };
        await using var rows = await query.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        var scans = new List<StoredScan>();
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
        {
            var summary = new ScanSummary(
                rows.GetDouble(3), rows.GetDouble(4), rows.GetFieldValue<double?>(5), rows.GetFieldValue<double?>(6),
                    rows.GetFieldValue<double?>(7));
            scans.Add(new StoredScan(
                grid, rows.GetFieldValue<DateTimeOffset>(0), rows.GetString(1), rows.GetFieldValue<DateTimeOffset>(2), summary));
        }
        return scans;
    }

    /// <summary>The scans from one time to another, both included, oldest first.</summary>
    /// <exception cref="ReportedException">There is no such grid.</exception>
    public Task<IReadOnlyList<RadarFrame>> LoadFramesAsync(
        string grid, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation) =>
            LoadFramesAsync(grid, from, to, usableOnly: false, cancellation);

    /// <summary>As above; without those that the quality control marked as bad where asked.</summary>
    /// <exception cref="ReportedException">There is no such grid.</exception>
    public async Task<IReadOnlyList<RadarFrame>> LoadFramesAsync(
        string grid, DateTimeOffset from, DateTimeOffset to, bool usableOnly, CancellationToken cancellation)
    {
        var stored = await grids.GetAsync(grid, cancellation).ConfigureAwait(false);
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var query = new NpgsqlCommand(
            """
            SELECT s.valid_time, s.is_interpolated, t.tile_row, t.tile_col, t.rast::bytea
            FROM nowcast.scan AS s JOIN nowcast.scan_tile AS t USING (grid_id, valid_time)
            WHERE s.grid_id = $1 AND s.valid_time BETWEEN $2 AND $3 AND t.valid_time BETWEEN $2 AND $3
            AND (s.quality->>'usable' IS DISTINCT FROM 'false' OR NOT $4)
            ORDER BY s.valid_time
            """, connection)
        {
            Parameters = { new() { Value = stored.Id }, new() { Value = from }, new() { Value = to }, new() { Value = usableOnly } },
        };
        await using var rows = await query.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        return await ScanRows.ReadAsync(rows, stored, cancellation).ConfigureAwait(false);
    }

    /// <summary>The newest scans, oldest first; fewer where there are fewer.</summary>
    /// <exception cref="ReportedException">There is no such grid.</exception>
    public Task<IReadOnlyList<RadarFrame>> LatestAsync(string grid, int count, CancellationToken cancellation) =>
        LatestAsync(grid, count, usableOnly: false, cancellation);

    /// <summary>As above; without those that the quality control marked as bad where asked.</summary>
    /// <exception cref="ReportedException">There is no such grid.</exception>
    public async Task<IReadOnlyList<RadarFrame>> LatestAsync(string grid, int count, bool usableOnly, CancellationToken cancellation)
    {
        var stored = await grids.GetAsync(grid, cancellation).ConfigureAwait(false);
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var query = new NpgsqlCommand(
            """
            SELECT min(valid_time), max(valid_time)
            FROM (SELECT valid_time FROM nowcast.scan WHERE grid_id = $1
                AND (quality->>'usable' IS DISTINCT FROM 'false' OR NOT $3) ORDER BY valid_time DESC LIMIT $2) AS newest
            """, connection)
        {
            Parameters = { new() { Value = stored.Id }, new() { Value = count }, new() { Value = usableOnly } },
        };
        DateTimeOffset first, last;
        await using (var rows = await query.ExecuteReaderAsync(cancellation).ConfigureAwait(false))
        {
            await rows.ReadAsync(cancellation).ConfigureAwait(false);
            if (rows.IsDBNull(0))
                return [];
            first = rows.GetFieldValue<DateTimeOffset>(0);
            last = rows.GetFieldValue<DateTimeOffset>(1);
        }
        return await LoadFramesAsync(grid, first, last, usableOnly, cancellation).ConfigureAwait(false);
    }

    private static async Task<bool> InsertRowAsync(
        NpgsqlConnection connection, int grid, RadarFrame frame, string sourceFile, string? qualityJson, ScanSummary summary,
        CancellationToken cancellation)
    {
        // Who stores the same scan at the same time waits here for the other's commit, then finds it there.
        await using var insert = new NpgsqlCommand(
            """
            INSERT INTO nowcast.scan (grid_id, valid_time, source_file, is_interpolated, missing_share, wet_share, min_mm_h, mean_mm_h, max_mm_h, quality)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING
            """, connection)
        {
            Parameters =
            {
                new() { Value = grid },
                new() { Value = frame.ValidTime },
                new() { Value = sourceFile },
                new() { Value = frame.IsInterpolated },
                new() { Value = summary.MissingShare },
                new() { Value = summary.WetShare },
                new() { Value = (object?)summary.MinMmH ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Double },
                new() { Value = (object?)summary.MeanMmH ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Double },
                new() { Value = (object?)summary.MaxMmH ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Double },
                new() { Value = qualityJson ?? "{}", NpgsqlDbType = NpgsqlDbType.Jsonb },
            },
        };
        return await insert.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false) == 1;
    }

    private static async Task CopyTilesAsync(
        NpgsqlConnection connection, StoredGrid grid, RadarFrame frame, CancellationToken cancellation)
    {
        var writer = new RasterWriter(grid.Tiles, rates: 1, probabilities: 0);
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY nowcast.scan_tile_in (grid_id, valid_time, tile_row, tile_col, wkb) FROM STDIN (FORMAT binary)", cancellation)
            .ConfigureAwait(false);
        for (var row = 0; row < grid.Tiles.Down; row++)
        {
            for (var column = 0; column < grid.Tiles.Across; column++)
            {
                await copy.StartRowAsync(cancellation).ConfigureAwait(false);
                await copy.WriteAsync(grid.Id, NpgsqlDbType.Integer, cancellation).ConfigureAwait(false);
                await copy.WriteAsync(frame.ValidTime, NpgsqlDbType.TimestampTz, cancellation).ConfigureAwait(false);
                await copy.WriteAsync((short)row, NpgsqlDbType.Smallint, cancellation).ConfigureAwait(false);
                await copy.WriteAsync((short)column, NpgsqlDbType.Smallint, cancellation).ConfigureAwait(false);
                await copy.WriteAsync(writer.Write(row, column, [frame.RainRate]), NpgsqlDbType.Bytea, cancellation).ConfigureAwait(false);
            }
        }
        await copy.CompleteAsync(cancellation).ConfigureAwait(false);
    }
}
