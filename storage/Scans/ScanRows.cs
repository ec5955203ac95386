using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Grids;
using ConvLstm.Nowcast.Storage.Rasters;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Scans;

/// <summary>Puts the tiles of scans together.</summary>
internal static class ScanRows
{
    /// <param name="rows">valid_time, is_interpolated, tile_row, tile_col, wkb; ordered by valid_time.</param>
    /// <param name="grid">The scans' grid.</param>
    /// <param name="cancellation">Stops between two tiles.</param>
    public static async Task<List<RadarFrame>> ReadAsync(NpgsqlDataReader rows, StoredGrid grid, CancellationToken cancellation)
    {
        var frames = new List<RadarFrame>();
        var wkb = new byte[RasterFormat.HeaderLength + 5 + (4 * grid.TileSize * grid.TileSize)];
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
        {
            var time = rows.GetFieldValue<DateTimeOffset>(0);
            if (frames.Count == 0 || frames[^1].ValidTime != time)
            {
                var empty = new float[grid.Grid.PixelCount];
                Array.Fill(empty, float.NaN);
                frames.Add(new RadarFrame(grid.Grid, time, empty) { IsInterpolated = rows.GetBoolean(1) });
            }
            var length = (int)rows.GetBytes(4, 0, wkb, 0, wkb.Length);
            RasterReader.ReadRate(wkb.AsSpan(0, length), grid.Tiles, rows.GetInt16(2), rows.GetInt16(3), frames[^1].RainRate);
        }
        return frames;
    }
}
