using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Grids;
using ConvLstm.Nowcast.Storage.Rasters;
using Dapper;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Queries;

/// <summary>Where a grid stands: which run answers, which scan is the newest.</summary>
/// <param name="Grid">The name of the grid.</param>
/// <param name="RunId">The run that answers; null where there is none.</param>
/// <param name="PublishedAt">When it was written: it changes where the same run is published again.</param>
/// <param name="NewestScan">The valid time of the newest scan; null where there is none.</param>
/// <param name="Scans">How many scans there are.</param>
public sealed record GridState(string Grid, long? RunId, DateTimeOffset? PublishedAt, DateTimeOffset? NewestScan, long Scans);

/// <summary>What a web service reads: maps as small integers, runs by number, what is new.</summary>
public sealed class PackedQueries
{
    private readonly NpgsqlDataSource _database;
    private readonly GridStore _grids;

    public PackedQueries(NpgsqlDataSource database, GridStore grids)
    {
        DapperTypes.Register();
        _database = database;
        _grids = grids;
    }

    /// <summary>The newest run and scan of each grid.</summary>
    public async Task<IReadOnlyList<GridState>> StatesAsync(CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync<GridState>(new CommandDefinition(
            """
            SELECT g.name AS Grid, r.run_id AS RunId, r.published_at AS PublishedAt, s.newest AS NewestScan, s.scans AS Scans
            FROM nowcast.grid AS g
            LEFT JOIN LATERAL nowcast.newest_run(g.grid_id, now()) AS r ON true
            CROSS JOIN LATERAL (SELECT max(valid_time) AS newest, count(*) AS scans FROM nowcast.scan WHERE grid_id = g.grid_id) AS s
            ORDER BY g.name
            """, cancellationToken: cancellation)).ConfigureAwait(false)).AsList();
    }

    /// <summary>A run without its maps; null where there is none of that number.</summary>
    public async Task<RunSummary?> FindRunAsync(long runId, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.QuerySingleOrDefaultAsync<RunSummary>(new CommandDefinition(
            ForecastQueries.Run + " WHERE r.run_id = @runId", new { runId }, cancellationToken: cancellation)).ConfigureAwait(false);
    }

    /// <summary>The newest runs issued at or before a time, the newest first; withheld ones too.</summary>
    /// <param name="grid">The name of the grid.</param>
    /// <param name="from">Issued at or after; null for no limit.</param>
    /// <param name="to">Issued at or before; null for no limit.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellation">Stops the question.</param>
    public async Task<IReadOnlyList<RunSummary>> NewestRunsAsync(
        string grid, DateTimeOffset? from, DateTimeOffset? to, int limit, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync<RunSummary>(new CommandDefinition(
            ForecastQueries.Run + """
             WHERE g.name = @grid AND r.issue_time BETWEEN coalesce(@from, '-infinity'::timestamptz) AND coalesce(@to, 'infinity'::timestamptz)
            ORDER BY r.issue_time DESC, r.run_id DESC LIMIT @limit
            """, new { grid, from, to, limit }, cancellationToken: cancellation)).ConfigureAwait(false)).AsList();
    }

    /// <summary>The maps of a run, or one of them.</summary>
    /// <param name="run">The run.</param>
    /// <param name="leadSeconds">The map; null for all.</param>
    /// <param name="cancellation">Stops between two tiles.</param>
    /// <exception cref="ReportedException">There is no such lead, or the maps were dropped.</exception>
    public async Task<PackedRun> LoadAsync(RunSummary run, int? leadSeconds, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        var stored = await _grids.GetAsync(run.Grid, cancellation).ConfigureAwait(false);
        int[] leads = [.. run.LeadSeconds.Where(seconds => seconds == (leadSeconds ?? seconds))];
        if (leads.Length == 0)
            throw new ReportedException($"Run {run.RunId} has no map {leadSeconds} seconds ahead.");
        var pixels = stored.Grid.PixelCount;
        var packed = new PackedRun(
            run, stored.Grid, leads, [.. leads.Select(_ => new ushort[pixels])], [.. leads.Select(_ => new ushort[pixels])],
            [.. run.Thresholds.Select(_ => (IReadOnlyList<byte[]>)[.. leads.Select(_ => new byte[pixels])])]);
        if (await ReadAsync(packed, stored, cancellation).ConfigureAwait(false) == 0)
            throw new ReportedException($"The maps of run {run.RunId} are not there any more; its scores are in the view skill.");
        return packed;
    }

    private async Task<int> ReadAsync(PackedRun packed, StoredGrid stored, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var query = new NpgsqlCommand(
            """
            SELECT tile_row, tile_col, lead_seconds, rast::bytea FROM nowcast.forecast_tile
            WHERE grid_id = $1 AND issue_time = $2 AND run_id = $3 AND lead_seconds = ANY ($4)
            """, connection);
        foreach (var value in new object[] { stored.Id, packed.Run.IssueTime, packed.Run.RunId, packed.LeadSeconds.ToArray() })
            query.Parameters.Add(new NpgsqlParameter { Value = value });
        var wkb = new byte[RasterReader.Longest(stored.Tiles, packed.Percent.Count)];
        await using var rows = await query.ExecuteReaderAsync(System.Data.CommandBehavior.SequentialAccess, cancellation)
            .ConfigureAwait(false);
        var read = 0;
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
        {
            var (row, column, lead) = (rows.GetInt16(0), rows.GetInt16(1), packed.LeadIndex(rows.GetInt32(2)));
            var tile = wkb.AsMemory(0, (int)rows.GetBytes(3, 0, wkb, 0, wkb.Length));
            PackedReader.ReadRate(tile.Span, stored.Tiles, row, column, packed.Rates[lead]);
            PackedReader.ReadMean(tile.Span, stored.Tiles, row, column, packed.Means[lead]);
            for (var band = 0; band < packed.Percent.Count; band++)
                PackedReader.ReadPercent(tile.Span, stored.Tiles, row, column, band, packed.Percent[band][lead]);
            read++;
        }
        return read;
    }
}
