using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Grids;
using Dapper;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Queries;

/// <summary>The questions of the SQL functions, from C#.</summary>
public sealed class ForecastQueries
{
    internal const string Run =
        """
        SELECT r.run_id AS RunId, g.name AS Grid, r.issue_time AS IssueTime, r.method AS Method, r.model_version AS ModelVersion,
               r.model_checksum AS ModelChecksum, r.published_at AS PublishedAt, r.lead_seconds AS LeadSeconds, r.thresholds AS Thresholds,
               r.is_sane AS IsSane, r.maps_dropped_at AS MapsDroppedAt
        FROM nowcast.run AS r JOIN nowcast.grid AS g USING (grid_id)
        """;

    private readonly NpgsqlDataSource _database;
    private readonly GridStore _grids;

    public ForecastQueries(NpgsqlDataSource database, GridStore grids)
    {
        DapperTypes.Register();
        _database = database;
        _grids = grids;
    }

    /// <summary>The rain at a place for each lead of the newest run issued at or before a time; empty where there is none.</summary>
    /// <param name="lon">Degrees east.</param>
    /// <param name="lat">Degrees north.</param>
    /// <param name="at">The time of the question; null for now.</param>
    /// <param name="cancellation">Stops the question.</param>
    public async Task<IReadOnlyList<RainAtPoint>> RainAtAsync(double lon, double lat, DateTimeOffset? at, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync<RainAtPoint>(new CommandDefinition(
            """
            SELECT valid_time AS ValidTime, lead_minutes AS LeadMinutes, rain_mm_h AS RainMmH, p_0_1 AS P01, p_1 AS P1, p_5 AS P5, p_10 AS P10, expected_mm_h AS ExpectedMmH
            FROM nowcast.rain_at(@lon, @lat, coalesce(@at, now()))
            """, new { lon, lat, at }, cancellationToken: cancellation)).ConfigureAwait(false)).AsList();
    }

    /// <summary>The run that answers for a place at a time, as the SQL function place chooses it; null where none does.</summary>
    public async Task<long?> RunAtAsync(double lon, double lat, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            "SELECT run_id FROM nowcast.place(@lon, @lat, @at)", new { lon, lat, at }, cancellationToken: cancellation))
                .ConfigureAwait(false);
    }

    /// <summary>The rain over an area for each lead of the newest run issued at or before a time; empty where there is none.</summary>
    /// <exception cref="ReportedException">It is no GeoJSON polygon.</exception>
    public async Task<IReadOnlyList<RainOverArea>> RainOverAsync(string areaGeoJson, DateTimeOffset? at, CancellationToken cancellation) =>
        (await RunOverAsync(areaGeoJson, at, cancellation).ConfigureAwait(false))?.Leads ?? [];

    /// <summary>The same with the run that answers; null where there is none.</summary>
    /// <param name="areaGeoJson">A GeoJSON geometry, Polygon or MultiPolygon, in degrees.</param>
    /// <param name="at">The time of the question; null for now.</param>
    /// <param name="cancellation">Stops the question.</param>
    /// <exception cref="ReportedException">It is no GeoJSON polygon.</exception>
    public async Task<AreaForecast?> RunOverAsync(string areaGeoJson, DateTimeOffset? at, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        try
        {
            var run = 0L;
            var leads = await connection.QueryAsync<long, RainOverArea, RainOverArea>(new CommandDefinition(
                """
                SELECT run_id, valid_time AS ValidTime, lead_minutes AS LeadMinutes, mean_mm_h AS MeanMmH, max_mm_h AS MaxMmH,
                       wet_fraction AS WetFraction, mean_depth_mm AS MeanDepthMm
                FROM nowcast.rain_over(ST_GeomFromGeoJSON(@areaGeoJson), coalesce(@at, now()))
                """, new { areaGeoJson, at }, cancellationToken: cancellation), (id, lead) =>
                {
                    run = id;
                    return lead;
                }, splitOn: "ValidTime").ConfigureAwait(false);
            return leads.AsList() is { Count: > 0 } list ? new(run, list) : null;
        }
        catch (PostgresException refused) when (
            refused.SqlState is PostgresErrorCodes.InternalError or PostgresErrorCodes.InvalidParameterValue)
        {
            throw new ReportedException($"The area is no GeoJSON polygon: {refused.MessageText}", refused);
        }
    }

    /// <summary>The minutes until it rains at a place; null where no such rain is forecast.</summary>
    public async Task<double?> RainStartsAsync(
        double lon, double lat, double threshold, DateTimeOffset? at, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.ExecuteScalarAsync<double?>(new CommandDefinition(
            "SELECT nowcast.rain_starts(@lon, @lat, @threshold, coalesce(@at, now()))", new { lon, lat, threshold, at },
            cancellationToken: cancellation)).ConfigureAwait(false);
    }

    /// <summary>The depth that falls at a place in the next minutes.</summary>
    public async Task<DepthAtPoint> DepthAtAsync(
        double lon, double lat, double minutes, DateTimeOffset? at, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.QuerySingleAsync<DepthAtPoint>(new CommandDefinition(
            "SELECT depth_mm AS DepthMm, covered_minutes AS CoveredMinutes FROM nowcast.depth_at(@lon, @lat, @minutes, coalesce(@at, "
                + "now()))",
            new { lon, lat, minutes, at }, cancellationToken: cancellation)).ConfigureAwait(false);
    }

    /// <summary>The run that answers for a grid now, or at a time; null where there is none.</summary>
    public async Task<RunSummary?> LatestRunAsync(string grid, DateTimeOffset? at, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.QuerySingleOrDefaultAsync<RunSummary>(new CommandDefinition(
            Run + " WHERE g.name = @grid AND r.run_id = (SELECT n.run_id FROM nowcast.newest_run(g.grid_id, coalesce(@at, "
                + "'infinity'::timestamptz)) AS n)",
            new { grid, at }, cancellationToken: cancellation)).ConfigureAwait(false);
    }

    /// <summary>The runs issued from one time to another, both included, oldest first; withheld ones too.</summary>
    public async Task<IReadOnlyList<RunSummary>> ListRunsAsync(
        string grid, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync<RunSummary>(new CommandDefinition(
            Run + " WHERE g.name = @grid AND r.issue_time BETWEEN @from AND @to ORDER BY r.issue_time, r.run_id",
            new { grid, from, to }, cancellationToken: cancellation)).ConfigureAwait(false)).AsList();
    }

    /// <summary>A whole run: rates as they were published, probabilities in steps of 0.01. Members are not kept.</summary>
    /// <exception cref="ReportedException">There is no such run, or its maps were dropped.</exception>
    public Task<RainForecast> LoadRunAsync(long runId, CancellationToken cancellation) => LoadAsync(runId, null, cancellation);

    /// <summary>One map of a run: the run as if it had that lead only.</summary>
    /// <exception cref="ReportedException">There is no such run or lead, or its maps were dropped.</exception>
    public Task<RainForecast> LoadMapAsync(long runId, int leadSeconds, CancellationToken cancellation) =>
        LoadAsync(runId, leadSeconds, cancellation);

    private async Task<RainForecast> LoadAsync(long runId, int? leadSeconds, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return await RunRows.LoadAsync(connection, _grids, runId, leadSeconds, cancellation).ConfigureAwait(false);
    }
}
