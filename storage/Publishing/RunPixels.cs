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
/// <param name="percent">For each lead and threshold the per cent, row-major; 255 where nothing can be said.</param>
internal sealed class RunPixels(NpgsqlConnection connection, StoredGrid grid, long run, RainForecast forecast, float[][] rates, byte[][][] percent)
{
    private readonly TileLayout tiles = grid.Tiles;

    /// <summary>A row for each tile with all its leads: the server then starts one statement a tile, not one a map.</summary>
    internal async Task CopyTilesAsync(CancellationToken cancellation)
    {
        var seconds = forecast.LeadTimes.Select(RunRow.Seconds).ToArray();
        var writers = rates.Select(_ => new RasterWriter(tiles, forecast.Thresholds.Count)).ToArray();
        var summaries = rates.Select(_ => new TileSums(tiles)).ToArray();
        var wkb = new byte[rates.Length][];
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY nowcast.forecast_tile_in (grid_id, issue_time, run_id, tile_row, tile_col, lead_seconds, wkb, pixels, wet_pixels, sum_mm_h, max_mm_h) FROM STDIN (FORMAT binary)",
            cancellation).ConfigureAwait(false);
        for (var row = 0; row < tiles.Down; row++)
        {
            for (var column = 0; column < tiles.Across; column++)
            {
                for (var lead = 0; lead < rates.Length; lead++)
                {
                    wkb[lead] = writers[lead].Write(row, column, rates[lead], percent[lead]);
                    summaries[lead].Read(row, column, rates[lead]);
                }
                await StartRowAsync(copy, cancellation).ConfigureAwait(false);
                await copy.WriteAsync((short)row, NpgsqlDbType.Smallint, cancellation).ConfigureAwait(false);
                await copy.WriteAsync((short)column, NpgsqlDbType.Smallint, cancellation).ConfigureAwait(false);
                await copy.WriteAsync(seconds, NpgsqlDbType.Array | NpgsqlDbType.Integer, cancellation).ConfigureAwait(false);
                await copy.WriteAsync(wkb, NpgsqlDbType.Array | NpgsqlDbType.Bytea, cancellation).ConfigureAwait(false);
                await copy.WriteAsync(Array.ConvertAll(summaries, s => s.Known), NpgsqlDbType.Array | NpgsqlDbType.Integer, cancellation).ConfigureAwait(false);
                await copy.WriteAsync(Array.ConvertAll(summaries, s => s.Wet), NpgsqlDbType.Array | NpgsqlDbType.Integer, cancellation).ConfigureAwait(false);
                await copy.WriteAsync(Array.ConvertAll(summaries, s => s.Sum), NpgsqlDbType.Array | NpgsqlDbType.Double, cancellation).ConfigureAwait(false);
                await copy.WriteAsync(Array.ConvertAll(summaries, s => s.Highest), NpgsqlDbType.Array | NpgsqlDbType.Real, cancellation).ConfigureAwait(false);
            }
        }
        Check(await copy.CompleteAsync(cancellation).ConfigureAwait(false), tiles.Count);
    }

    /// <summary>A row for each strip with all its leads.</summary>
    internal async Task CopyStripsAsync(CancellationToken cancellation)
    {
        var writer = new StripWriter(tiles, rates, percent);
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY nowcast.forecast_strip (grid_id, issue_time, run_id, strip, tile_col, rates, percent) FROM STDIN (FORMAT binary)", cancellation).ConfigureAwait(false);
        for (var strip = 0; strip < writer.Down; strip++)
        {
            for (var column = 0; column < tiles.Across; column++)
            {
                writer.Fill(strip, column);
                await StartRowAsync(copy, cancellation).ConfigureAwait(false);
                await copy.WriteAsync((short)strip, NpgsqlDbType.Smallint, cancellation).ConfigureAwait(false);
                await copy.WriteAsync((short)column, NpgsqlDbType.Smallint, cancellation).ConfigureAwait(false);
                await copy.WriteAsync(writer.Rates, NpgsqlDbType.Bytea, cancellation).ConfigureAwait(false);
                await copy.WriteAsync(writer.Percent, NpgsqlDbType.Bytea, cancellation).ConfigureAwait(false);
            }
        }
        Check(await copy.CompleteAsync(cancellation).ConfigureAwait(false), writer.Down * tiles.Across);
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
