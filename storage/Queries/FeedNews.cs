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
public sealed record GridNews(
    string Grid, DateTimeOffset NewestScan, DateTimeOffset? NewestUsable, TimeSpan? UsualStep, bool ForecastByModel, bool ForecastByExtrapolation);

/// <summary>What is new in the feeds.</summary>
public sealed class FeedNews
{
    private readonly NpgsqlDataSource _database;

    public FeedNews(NpgsqlDataSource database)
    {
        DapperTypes.Register();
        _database = database;
    }

    /// <summary>One row for each grid that has scans.</summary>
    public async Task<IReadOnlyList<GridNews>> ListAsync(CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync<GridNews>(new CommandDefinition(
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
}
