using ConvLstm.Nowcast.Ingest.Quality;
using Dapper;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Queries;

/// <summary>How a grid's scans and forecasts stand.</summary>
/// <param name="Grid">Its name.</param>
/// <param name="NewestScan">The newest scan.</param>
/// <param name="NewestUsable">The newest scan that the quality control let pass; null where there is none.</param>
/// <param name="UsualStep">The median time between the scans of the last day; null for a single scan.</param>
/// <param name="ForecastByModel">A model's run of the newest usable scan is there.</param>
/// <param name="ForecastByExtrapolation">A run of the extrapolation is.</param>
public sealed record GridFeed(
    string Grid, DateTimeOffset NewestScan, DateTimeOffset? NewestUsable, TimeSpan? UsualStep, bool ForecastByModel,
        bool ForecastByExtrapolation)
{
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(QualityOptions.Default.AheadHours);

    /// <summary>The newest scan that the clock allows: one from the future makes no feed fresh. Null where there is no other.</summary>
    public DateTimeOffset? NewestBy(DateTimeOffset now) =>
        NewestScan <= now + Ahead ? NewestScan : NewestUsable <= now + Ahead ? NewestUsable : null;
}

/// <summary>What is new in the feeds, and what was made of it.</summary>
public sealed class FeedStatus
{
    private readonly NpgsqlDataSource _database;

    public FeedStatus(NpgsqlDataSource database)
    {
        DapperTypes.Register();
        _database = database;
    }

    /// <summary>One row for each grid that has scans.</summary>
    public async Task<IReadOnlyList<GridFeed>> ListAsync(CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync<GridFeed>(new CommandDefinition(
            """
            SELECT g.name AS Grid, f.newest_scan AS NewestScan, u.valid_time AS NewestUsable, f.usual_step AS UsualStep,
                   EXISTS (SELECT FROM nowcast.run AS r WHERE r.grid_id = g.grid_id AND r.issue_time = u.valid_time AND r.usable AND r.method = 'model') AS ForecastByModel,
                   EXISTS (SELECT FROM nowcast.run AS r WHERE r.grid_id = g.grid_id AND r.issue_time = u.valid_time AND r.usable AND r.method = 'extrapolation') AS ForecastByExtrapolation
            FROM nowcast.feed_freshness AS f JOIN nowcast.grid AS g ON g.name = f.grid
            LEFT JOIN LATERAL (SELECT valid_time FROM nowcast.scan WHERE grid_id = g.grid_id AND quality->>'usable' IS DISTINCT FROM 'false'
                               ORDER BY valid_time DESC LIMIT 1) AS u ON true
            ORDER BY g.name
            """, cancellationToken: cancellation)).ConfigureAwait(false)).AsList();
    }

    /// <summary>Where scans are missing in the last day of each grid, the newest gap first; 50 at most.</summary>
    public async Task<IReadOnlyList<FeedGap>> GapsAsync(CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync<FeedGap>(new CommandDefinition(
            """
            SELECT grid AS Grid, before AS After, valid_time AS Until,
                   round(extract(epoch FROM valid_time - before) / extract(epoch FROM usual_step))::integer - 1 AS Missing
            FROM (SELECT f.grid, f.usual_step, s.valid_time, lag(s.valid_time) OVER (PARTITION BY s.grid_id ORDER BY s.valid_time) AS before
                  FROM nowcast.feed_freshness AS f JOIN nowcast.grid AS g ON g.name = f.grid
                  JOIN nowcast.scan AS s ON s.grid_id = g.grid_id AND s.valid_time > f.newest_scan - interval '1 day') AS scans
            WHERE valid_time - before > 1.5 * usual_step ORDER BY valid_time DESC LIMIT 50
            """, cancellationToken: cancellation)).ConfigureAwait(false)).AsList();
    }

    /// <summary>The newest issue times with what consumers were given, and why it was not the model.</summary>
    public async Task<IReadOnlyList<GivenRun>> RunsAsync(int count, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync<GivenRun>(new CommandDefinition(
            """
            WITH told AS MATERIALIZED (
                SELECT DISTINCT ON (1, 2) d->>'grid' AS grid, (d->>'issueTime')::timestamptz AS issue_time, d->>'reason' AS reason, engine_job
                FROM (SELECT * FROM nowcast.job_run WHERE job = 'nowcast' AND outcome = 'succeeded' ORDER BY job_run_id DESC LIMIT 500) AS j,
                     jsonb_array_elements(CASE jsonb_typeof(details->'grids') WHEN 'array' THEN details->'grids' ELSE '[]' END) AS d
                ORDER BY 1, 2, job_run_id DESC)
            SELECT g.name AS Grid, r.issue_time AS IssueTime, r.method AS Method, r.model_version AS ModelVersion, r.published_at AS PublishedAt,
                   CASE WHEN r.method <> 'model' THEN t.reason END AS Reason, t.engine_job AS EngineJob
            FROM (SELECT DISTINCT ON (issue_time, grid_id) * FROM nowcast.run AS r LEFT JOIN nowcast.method_priority AS m USING (method)
                  WHERE usable AND issue_time > (SELECT max(issue_time) FROM nowcast.run) - interval '7 days'
                  ORDER BY issue_time DESC, grid_id, coalesce(m.priority, 2147483647), published_at DESC LIMIT @count) AS r
            JOIN nowcast.grid AS g USING (grid_id) LEFT JOIN told AS t ON t.grid = g.name AND t.issue_time = r.issue_time
            ORDER BY r.issue_time DESC, g.name
            """, new { count }, cancellationToken: cancellation)).ConfigureAwait(false)).AsList();
    }

    /// <summary>How the service stands.</summary>
    public ServiceFigures Figures()
    {
        using var connection = _database.OpenConnection();
        return connection.QuerySingle<ServiceFigures>(
            """
            WITH scored AS (
                SELECT r.grid_id, r.issue_time, l.lead_seconds, r.method, l.sum_crps, l.crps_pixels
                FROM nowcast.run AS r JOIN nowcast.verification_lead AS l USING (run_id)
                WHERE r.usable AND r.method IN ('model', 'extrapolation') AND r.issue_time > now() - interval '1 day')
            SELECT (SELECT max(newest_scan) FROM nowcast.feed_freshness) AS NewestScan,
                   (SELECT max(issue_time) FROM nowcast.run WHERE usable) AS NewestRun,
                   (SELECT 1 - sum(m.sum_crps) / nullif(sum(m.crps_pixels), 0) / nullif(sum(e.sum_crps) / nullif(sum(e.crps_pixels), 0), 0)
                    FROM scored AS m JOIN scored AS e USING (grid_id, issue_time, lead_seconds)
                    WHERE m.method = 'model' AND e.method = 'extrapolation')::double precision AS Skill
            """);
    }
}
