using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Publishing;
using Dapper;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Verification;

/// <summary>Scores into the database; the views skill, skill_fss and skill_reliability add them up.</summary>
public sealed class VerificationStore
{
    private readonly NpgsqlDataSource _database;

    public VerificationStore(NpgsqlDataSource database)
    {
        Queries.DapperTypes.Register();
        _database = database;
    }

    /// <summary>
    /// Stores the scores of some maps of a run, as their scans come in; a map that was verified before is replaced. One
    /// transaction.
    /// </summary>
    /// <exception cref="ReportedException">The scores of the run were dropped for their age.</exception>
    public async Task StoreAsync(long runId, IEnumerable<LeadScores> scores, CancellationToken cancellation)
    {
        var leads = scores.ToList();
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        var seconds = leads.Select(lead => RunRow.Seconds(lead.Lead)).ToArray();
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition("SELECT nowcast.open_scores(@runId)", new { runId },
            transaction, cancellationToken: cancellation)).ConfigureAwait(false))
            throw new ReportedException(
                $"The scores of run {runId} were dropped for their age and cannot change any more; the sums of its day are in the view "
                    + "skill.");
        await Run(
            """
            DELETE FROM nowcast.verification_lead WHERE run_id = @runId AND lead_seconds = ANY (@seconds);
            DELETE FROM nowcast.verification_threshold WHERE run_id = @runId AND lead_seconds = ANY (@seconds);
            DELETE FROM nowcast.verification_fss WHERE run_id = @runId AND lead_seconds = ANY (@seconds);
            """, new { runId, seconds }).ConfigureAwait(false);
        await Run(
            """
            INSERT INTO nowcast.verification_lead VALUES (@runId, @Seconds, @Pixels, @SumForecast, @SumObserved, @SumAbsoluteError,
                @SumSquaredError, @SumForecastSquared, @SumObservedSquared, @SumProduct, @CrpsPixels, @SumCrps)
            """,
            leads.Select(lead => new
            {
                runId, Seconds = RunRow.Seconds(lead.Lead), lead.Pixels, lead.SumForecast, lead.SumObserved, lead.SumAbsoluteError,
                lead.SumSquaredError, lead.SumForecastSquared, lead.SumObservedSquared, lead.SumProduct, lead.CrpsPixels, lead.SumCrps,
            })).ConfigureAwait(false);
        var thresholds = leads.SelectMany(lead => lead.Thresholds.Select(at => (Seconds: RunRow.Seconds(lead.Lead), At: at))).ToList();
        await Run(
            """
            INSERT INTO nowcast.verification_threshold VALUES (@runId, @Seconds, @Threshold, @Hits, @Misses, @FalseAlarms, @CorrectNegatives,
                @BrierPixels, @SumBrier, @BinPixels, @BinForecast, @BinObserved)
            """,
            thresholds.Select(row => new
            {
                runId, row.Seconds, row.At.Threshold, row.At.Hits, row.At.Misses, row.At.FalseAlarms, row.At.CorrectNegatives,
                row.At.BrierPixels, row.At.SumBrier,
                BinPixels = row.At.Reliability.Select(bin => bin.Pixels).ToArray(),
                BinForecast = row.At.Reliability.Select(bin => bin.SumProbability).ToArray(),
                BinObserved = row.At.Reliability.Select(bin => bin.Observed).ToArray(),
            })).ConfigureAwait(false);
        await Run(
            "INSERT INTO nowcast.verification_fss VALUES (@runId, @Seconds, @Threshold, @ScaleKm, @SquaredDifference, @SquaredReference)",
            thresholds.SelectMany(row => row.At.Fss.Select(fss => new
            {
                runId, row.Seconds, row.At.Threshold, fss.ScaleKm, fss.SquaredDifference, fss.SquaredReference,
            }))).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);

        Task<int> Run(string sql, object values) =>
            connection.ExecuteAsync(new CommandDefinition(sql, values, transaction, cancellationToken: cancellation));
    }

    /// <summary>
    /// Maps whose scan is there by now but which are not verified yet, oldest first. Runs of one issue time are compared on
    /// the same pixels, so where one of them waits, its sisters' maps of that lead are given with it.
    /// </summary>
    /// <remarks>Which scan is that of a map: <see cref="VerifyingScan"/>.</remarks>
    /// <param name="grid">The name of the grid.</param>
    /// <param name="since">Runs issued at or after this time.</param>
    /// <param name="cancellation">Stops the question.</param>
    public async Task<IReadOnlyList<PendingMap>> PendingAsync(string grid, DateTimeOffset since, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync<PendingMap>(new CommandDefinition(
            """
            WITH maps AS (
                SELECT r.run_id, r.method, r.issue_time, lead, s.valid_time, v.run_id IS NULL AS waits
                FROM nowcast.run AS r JOIN nowcast.grid AS g USING (grid_id) CROSS JOIN LATERAL unnest(r.lead_seconds) AS lead
                CROSS JOIN LATERAL (SELECT r.issue_time + make_interval(secs => lead) AS due,
                                           make_interval(secs => @largestDistance
                                               * (coalesce(r.lead_seconds[2], 2 * r.lead_seconds[1]) - r.lead_seconds[1])) AS distance) AS d
                CROSS JOIN LATERAL (SELECT valid_time FROM nowcast.scan
                                    WHERE grid_id = r.grid_id AND valid_time BETWEEN d.due - d.distance AND d.due + d.distance
                                      AND NOT is_interpolated AND quality->>'usable' IS DISTINCT FROM 'false'
                                    ORDER BY greatest(valid_time - d.due, d.due - valid_time), valid_time LIMIT 1) AS s
                LEFT JOIN nowcast.verification_lead AS v ON v.run_id = r.run_id AND v.lead_seconds = lead
                WHERE g.name = @grid AND r.issue_time >= @since AND r.maps_dropped_at IS NULL AND r.scores_dropped_at IS NULL)
            SELECT run_id AS RunId, method AS Method, issue_time AS IssueTime, lead AS LeadSeconds, valid_time AS ValidTime
            FROM (SELECT maps.*, bool_or(waits) OVER (PARTITION BY issue_time, lead) AS one_waits FROM maps) AS groups
            WHERE one_waits ORDER BY issue_time, lead, run_id
            """, new { grid, since, largestDistance = VerifyingScan.LargestDistance },
            cancellationToken: cancellation)).ConfigureAwait(false)).AsList();
    }

    /// <summary>The rows of the view skill of a grid, all days together or one, by method, model, lead and threshold.</summary>
    public async Task<IReadOnlyList<SkillRow>> SkillAsync(string grid, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync<SkillRow>(new CommandDefinition(
            """
            SELECT method AS Method, model_version AS ModelVersion, day::timestamp AS Day, lead_minutes AS LeadMinutes, threshold AS Threshold,
                   csi AS Csi, pod AS Pod, far AS Far, bias AS Bias, fss AS Fss, crps AS Crps, mae AS Mae, maps AS Maps
            FROM nowcast.skill WHERE grid = @grid ORDER BY day, method, model_version, lead_minutes, threshold
            """, new { grid }, cancellationToken: cancellation)).ConfigureAwait(false)).AsList();
    }
}
