using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Grids;
using ConvLstm.Nowcast.Storage.Rasters;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Queries;

/// <summary>Puts the tiles of a run together.</summary>
internal static class RunRows
{
    public static async Task<RainForecast> LoadAsync(
        NpgsqlConnection connection, GridStore grids, long runId, int? leadSeconds, CancellationToken cancellation)
    {
        // Row and tiles in one snapshot, so that a run published again meanwhile is the old or the new one.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation)
            .ConfigureAwait(false);
        var (forecast, stored) = await HeaderAsync(connection, grids, runId, leadSeconds, cancellation).ConfigureAwait(false);
        await using var query = new NpgsqlCommand(
            """
            SELECT tile_row, tile_col, lead_seconds, rast::bytea FROM nowcast.forecast_tile
            WHERE grid_id = $1 AND issue_time = $2 AND run_id = $3 AND lead_seconds = ANY ($4)
            """, connection);
        var leads = forecast.LeadTimes.Select((lead, index) => (Seconds: Publishing.RunRow.Seconds(lead), index))
            .ToDictionary(pair => pair.Seconds, pair => pair.index);
        foreach (var value in new object[] { stored.Id, forecast.IssueTime, runId, leads.Keys.ToArray() })
            query.Parameters.Add(new NpgsqlParameter { Value = value });
        var wkb = new byte[RasterReader.Longest(stored.Tiles, forecast.Thresholds.Count)];
        await using var rows = await query.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
        {
            var tile = wkb.AsMemory(0, (int)rows.GetBytes(3, 0, wkb, 0, wkb.Length));
            var (row, column, lead) = (rows.GetInt16(0), rows.GetInt16(1), leads[rows.GetInt32(2)]);
            RasterReader.ReadRate(tile.Span, stored.Tiles, row, column, forecast.RainRate[lead]);
            RasterReader.ReadMean(tile.Span, stored.Tiles, row, column, forecast.MeanRate[lead]);
            for (var band = 0; band < forecast.Thresholds.Count; band++)
                RasterReader.ReadProbability(tile.Span, stored.Tiles, row, column, band, forecast.ExceedanceProbability[band][lead]);
        }
        return forecast;
    }

    private static async Task<(RainForecast Forecast, StoredGrid Grid)> HeaderAsync(
        NpgsqlConnection connection, GridStore grids, long runId, int? leadSeconds, CancellationToken cancellation)
    {
        await using var query = new NpgsqlCommand(
            """
            SELECT g.name, r.issue_time, r.lead_seconds, r.thresholds, r.method, r.model_version, r.model_checksum, r.input_times, r.input_quality,
                   r.maps_dropped_at IS NOT NULL
            FROM nowcast.run AS r JOIN nowcast.grid AS g USING (grid_id) WHERE r.run_id = $1
            """, connection)
        {
            Parameters = { new() { Value = runId } },
        };
        await using var rows = await query.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        if (!await rows.ReadAsync(cancellation).ConfigureAwait(false))
            throw new ReportedException($"The database has no run {runId}.");
        if (rows.GetBoolean(9))
            throw new ReportedException($"The maps of run {runId} were dropped for their age; its scores are in the view skill.");
        var name = rows.GetString(0);
        var grid = await grids.GetAsync(name, cancellation).ConfigureAwait(false);
        var leads = rows.GetFieldValue<int[]>(2).Where(seconds => seconds == (leadSeconds ?? seconds))
            .Select(seconds => TimeSpan.FromSeconds(seconds)).ToArray();
        if (leads.Length == 0)
            throw new ReportedException($"Run {runId} has no map {leadSeconds} seconds ahead.");
        var thresholds = rows.GetFieldValue<float[]>(3);
        var forecast = new RainForecast
        {
            Grid = grid.Grid,
            IssueTime = rows.GetFieldValue<DateTimeOffset>(1),
            LeadTimes = leads,
            Thresholds = thresholds,
            RainRate = Fields(leads.Length, grid.Grid),
            MeanRate = Fields(leads.Length, grid.Grid),
            ExceedanceProbability = thresholds.Select(_ => Fields(leads.Length, grid.Grid)).ToArray(),
            Provenance = new ForecastProvenance(
                rows.GetString(4), rows.GetString(5), rows.GetString(6),
                rows.GetFieldValue<DateTime[]>(7).Select(time => new DateTimeOffset(time)).ToArray(), rows.GetFieldValue<double[]>(8)),
        };
        return (forecast, grid);
    }

    private static float[][] Fields(int count, RadarGrid grid) =>
        Enumerable.Range(0, count).Select(_ => new float[grid.PixelCount]).ToArray();
}
