using ConvLstm.Nowcast.Storage.Grids;
using ConvLstm.Nowcast.Storage.Rasters;
using Npgsql;
using NpgsqlTypes;

namespace ConvLstm.Nowcast.Storage.Publishing;

/// <summary>The pixels of a run by COPY: as rasters for maps, and turned round for questions.</summary>
/// <param name="connection">In the transaction of the run.</param>
/// <param name="grid">Of the run.</param>
/// <param name="run">Its number.</param>
/// <param name="forecast">The run.</param>
/// <param name="rates">For each lead the mm/h in steps of 0.01, row-major; NaN where nothing can be said.</param>
/// <param name="means">The same of the mean of the distribution, known where the rates are.</param>
/// <param name="percent">For each lead and threshold the per cent, row-major; 255 where nothing can be said.</param>
internal sealed class RunPixels(NpgsqlConnection connection, StoredGrid grid, long run, RainForecast forecast, float[][] rates,
    float[][] means, byte[][][] percent)
{
    private readonly TileLayout _tiles = grid.Tiles;

    /// <summary>A row for each tile with all its leads: the server then starts one statement a tile, not one a map.</summary>
    internal async Task CopyTilesAsync(CancellationToken cancellation)
    {
        var seconds = forecast.LeadTimes.Select(RunRow.Seconds).ToArray();
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY nowcast.forecast_tile_in (grid_id, issue_time, run_id, tile_row, tile_col, lead_seconds, wkb, pixels, wet_pixels, "
                + "sum_mm_h, max_mm_h) FROM STDIN (FORMAT binary)",
            cancellation).ConfigureAwait(false);
        await EncodedAhead.SendAsync(
            _tiles.Count, () => new EncodedTile(_tiles, rates.Length, forecast.Thresholds.Count),
            (tile, leads) => leads.Fill(tile / _tiles.Across, tile % _tiles.Across, rates, means, percent), SendAsync, cancellation)
                .ConfigureAwait(false);
        Check(await copy.CompleteAsync(cancellation).ConfigureAwait(false), _tiles.Count);

        async Task SendAsync(int tile, EncodedTile leads)
        {
            await StartRowAsync(copy, cancellation).ConfigureAwait(false);
            await copy.WriteAsync((short)(tile / _tiles.Across), NpgsqlDbType.Smallint, cancellation).ConfigureAwait(false);
            await copy.WriteAsync((short)(tile % _tiles.Across), NpgsqlDbType.Smallint, cancellation).ConfigureAwait(false);
            await copy.WriteAsync(seconds, NpgsqlDbType.Array | NpgsqlDbType.Integer, cancellation).ConfigureAwait(false);
            await copy.WriteAsync(leads.Wkb, NpgsqlDbType.Array | NpgsqlDbType.Bytea, cancellation).ConfigureAwait(false);
            await copy.WriteAsync(Array.ConvertAll(leads.Sums, s => s.Known), NpgsqlDbType.Array | NpgsqlDbType.Integer, cancellation)
                .ConfigureAwait(false);
            await copy.WriteAsync(Array.ConvertAll(leads.Sums, s => s.Wet), NpgsqlDbType.Array | NpgsqlDbType.Integer, cancellation)
                .ConfigureAwait(false);
            await copy.WriteAsync(Array.ConvertAll(leads.Sums, s => s.Sum), NpgsqlDbType.Array | NpgsqlDbType.Double, cancellation)
                .ConfigureAwait(false);
            await copy.WriteAsync(Array.ConvertAll(leads.Sums, s => s.Highest), NpgsqlDbType.Array | NpgsqlDbType.Real, cancellation)
                .ConfigureAwait(false);
        }
    }

    /// <summary>A row for each strip with all its leads.</summary>
    internal async Task CopyStripsAsync(CancellationToken cancellation)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY nowcast.forecast_strip (grid_id, issue_time, run_id, strip, tile_col, rates, means, percent) FROM STDIN (FORMAT binary)",
                cancellation).ConfigureAwait(false);
        var strips = StripWriter.Down(_tiles) * _tiles.Across;
        await EncodedAhead.SendAsync(
            strips, () => new StripWriter(_tiles, rates, means, percent), (strip, writer) =>
                writer.Fill(strip / _tiles.Across, strip % _tiles.Across), SendAsync, cancellation).ConfigureAwait(false);
        Check(await copy.CompleteAsync(cancellation).ConfigureAwait(false), strips);

        async Task SendAsync(int strip, StripWriter writer)
        {
            await StartRowAsync(copy, cancellation).ConfigureAwait(false);
            await copy.WriteAsync((short)(strip / _tiles.Across), NpgsqlDbType.Smallint, cancellation).ConfigureAwait(false);
            await copy.WriteAsync((short)(strip % _tiles.Across), NpgsqlDbType.Smallint, cancellation).ConfigureAwait(false);
            await copy.WriteAsync(writer.Rates, NpgsqlDbType.Bytea, cancellation).ConfigureAwait(false);
            await copy.WriteAsync(writer.Means, NpgsqlDbType.Bytea, cancellation).ConfigureAwait(false);
            await copy.WriteAsync(writer.Percent, NpgsqlDbType.Bytea, cancellation).ConfigureAwait(false);
        }
    }

    private async Task StartRowAsync(NpgsqlBinaryImporter copy, CancellationToken cancellation)
    {
        await copy.StartRowAsync(cancellation).ConfigureAwait(false);
        await copy.WriteAsync(grid.Id, NpgsqlDbType.Integer, cancellation).ConfigureAwait(false);
        await copy.WriteAsync(forecast.IssueTime, NpgsqlDbType.TimestampTz, cancellation).ConfigureAwait(false);
        await copy.WriteAsync(run, NpgsqlDbType.Bigint, cancellation).ConfigureAwait(false);
    }

    private static void Check(ulong written, int wanted)
    {
        if (written != (ulong)wanted)
            throw new InvalidOperationException($"{written} rows of pixels were written where {wanted} were to be.");
    }
}
