using Dapper;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Queries;

/// <summary>Scores of a period, by method, lead and threshold; null where a divisor is 0.</summary>
/// <param name="Method">model, extrapolation, persistence or another.</param>
/// <param name="LeadMinutes">Minutes from the issue time.</param>
/// <param name="Threshold">mm/h.</param>
/// <param name="Maps">How many maps are in it.</param>
/// <param name="Csi">Critical success index.</param>
/// <param name="Pod">Probability of detection.</param>
/// <param name="Far">False alarm ratio.</param>
/// <param name="Bias">Frequency bias.</param>
/// <param name="Brier">Of the probability of exceeding the threshold.</param>
public sealed record ThresholdSkill(
    string Method, double LeadMinutes, float Threshold, long Maps, double? Csi, double? Pod, double? Far, double? Bias, double? Brier);

/// <summary>Scores of a period that know no threshold.</summary>
/// <param name="Method">model, extrapolation, persistence or another.</param>
/// <param name="LeadMinutes">Minutes from the issue time.</param>
/// <param name="Maps">How many maps are in it.</param>
/// <param name="Crps">Continuous ranked probability score in mm/h.</param>
/// <param name="Mae">Mean absolute error in mm/h.</param>
/// <param name="MeanError">Forecast less observed, mm/h.</param>
public sealed record LeadSkill(string Method, double LeadMinutes, long Maps, double? Crps, double? Mae, double? MeanError);

/// <summary>The fractions skill score of a period at one neighbourhood.</summary>
/// <param name="Method">model, extrapolation, persistence or another.</param>
/// <param name="LeadMinutes">Minutes from the issue time.</param>
/// <param name="Threshold">mm/h.</param>
/// <param name="ScaleKm">The width of the neighbourhood.</param>
/// <param name="Fss">0 to 1.</param>
public sealed record FssSkill(string Method, double LeadMinutes, float Threshold, double ScaleKm, double? Fss);

/// <summary>A bin of the reliability diagram of a period.</summary>
/// <param name="Method">model, extrapolation, persistence or another.</param>
/// <param name="LeadMinutes">Minutes from the issue time.</param>
/// <param name="Threshold">mm/h.</param>
/// <param name="Bin">1 is the lowest.</param>
/// <param name="Pixels">How many probabilities lie in it.</param>
/// <param name="MeanProbability">Their mean, 0 to 1.</param>
/// <param name="ObservedFrequency">How often the threshold was exceeded there, 0 to 1.</param>
public sealed record ReliabilitySkill(
    string Method, double LeadMinutes, float Threshold, int Bin, long Pixels, double? MeanProbability, double? ObservedFrequency);

/// <summary>
/// The scores of the views skill, skill_fss and skill_reliability, of a period instead of a day: counts and sums of all its
/// maps are added up first, then divided. The pixels are the same for all methods of an issue time.
/// </summary>
public sealed class SkillQueries
{
    private const string Runs =
        """
        FROM nowcast.run AS r JOIN nowcast.grid AS g USING (grid_id)
        """;

    private const string Period = " WHERE g.name = @grid AND r.issue_time >= @from AND r.issue_time <= @to ";

    private readonly NpgsqlDataSource _database;

    public SkillQueries(NpgsqlDataSource database)
    {
        DapperTypes.Register();
        _database = database;
    }

    /// <summary>The issue times of the oldest and the newest verified run; null where nothing is verified.</summary>
    public async Task<(DateTimeOffset From, DateTimeOffset To)?> SpanAsync(string grid, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var query = new NpgsqlCommand(
            $"SELECT min(r.issue_time), max(r.issue_time) {Runs} WHERE g.name = $1 AND EXISTS (SELECT FROM nowcast.verification_lead AS v "
                + "WHERE v.run_id = r.run_id)",
            connection)
        { Parameters = { new() { Value = grid } } };
        await using var rows = await query.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await rows.ReadAsync(cancellation).ConfigureAwait(false);
        return await rows.IsDBNullAsync(0, cancellation).ConfigureAwait(false)
            ? null
            : (rows.GetFieldValue<DateTimeOffset>(0), rows.GetFieldValue<DateTimeOffset>(1));
    }

    /// <summary>By method, lead and threshold.</summary>
    public Task<IReadOnlyList<ThresholdSkill>> ThresholdsAsync(string grid, DateTimeOffset from, DateTimeOffset to,
        CancellationToken cancellation) =>
        ReadAsync<ThresholdSkill>(
            $"""
            SELECT Method, LeadMinutes, Threshold, Maps, h / nullif(h + m + a, 0) AS Csi, h / nullif(h + m, 0) AS Pod, a / nullif(h + a, 0) AS Far,
                   (h + a) / nullif(h + m, 0) AS Bias, Brier
            FROM (SELECT r.method AS Method, t.lead_seconds / 60.0::double precision AS LeadMinutes, t.threshold AS Threshold, count(*) AS Maps,
                         sum(t.hits)::double precision AS h, sum(t.misses)::double precision AS m, sum(t.false_alarms)::double precision AS a,
                         sum(t.sum_brier) / nullif(sum(t.brier_pixels), 0)::double precision AS Brier
                  {Runs} JOIN nowcast.verification_threshold AS t USING (run_id) {Period} GROUP BY 1, 2, 3) AS sums
            ORDER BY Method, Threshold, LeadMinutes
            """, grid, from, to, cancellation);

    /// <summary>By method and lead.</summary>
    public Task<IReadOnlyList<LeadSkill>> LeadsAsync(string grid, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation) =>
        ReadAsync<LeadSkill>(
            $"""
            SELECT r.method AS Method, l.lead_seconds / 60.0::double precision AS LeadMinutes, count(*) AS Maps,
                   sum(l.sum_crps) / nullif(sum(l.crps_pixels), 0)::double precision AS Crps,
                   sum(l.sum_absolute_error) / nullif(sum(l.pixels), 0)::double precision AS Mae,
                   (sum(l.sum_forecast) - sum(l.sum_observed)) / nullif(sum(l.pixels), 0)::double precision AS MeanError
            {Runs} JOIN nowcast.verification_lead AS l USING (run_id) {Period} GROUP BY 1, 2 ORDER BY 1, 2
            """, grid, from, to, cancellation);

    /// <summary>By method, lead, threshold and neighbourhood.</summary>
    public Task<IReadOnlyList<FssSkill>> FssAsync(string grid, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation) =>
        ReadAsync<FssSkill>(
            $"""
            SELECT r.method AS Method, f.lead_seconds / 60.0::double precision AS LeadMinutes, f.threshold AS Threshold, f.scale_km AS ScaleKm,
                   1 - sum(f.squared_difference) / nullif(sum(f.squared_reference), 0) AS Fss
            {Runs} JOIN nowcast.verification_fss AS f USING (run_id) {Period} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
            """, grid, from, to, cancellation);

    /// <summary>By method, lead, threshold and bin.</summary>
    public Task<IReadOnlyList<ReliabilitySkill>> ReliabilityAsync(string grid, DateTimeOffset from, DateTimeOffset to,
        CancellationToken cancellation) =>
        ReadAsync<ReliabilitySkill>(
            $"""
            SELECT r.method AS Method, t.lead_seconds / 60.0::double precision AS LeadMinutes, t.threshold AS Threshold, bin.number::integer AS Bin,
                   sum(bin.pixels)::bigint AS Pixels, sum(bin.forecast) / nullif(sum(bin.pixels), 0)::double precision AS MeanProbability,
                   sum(bin.observed)::double precision / nullif(sum(bin.pixels), 0)::double precision AS ObservedFrequency
            {Runs} JOIN nowcast.verification_threshold AS t USING (run_id)
            CROSS JOIN LATERAL unnest(t.reliability_pixels, t.reliability_forecast, t.reliability_observed) WITH ORDINALITY
                AS bin (pixels, forecast, observed, number)
            {Period} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
            """, grid, from, to, cancellation);

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string sql, string grid, DateTimeOffset from, DateTimeOffset to,
        CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync<T>(new CommandDefinition(sql, new { grid, from, to }, cancellationToken: cancellation))
            .ConfigureAwait(false)).AsList();
    }
}
