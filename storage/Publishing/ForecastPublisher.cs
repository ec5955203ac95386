using System.Text.Json;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Quality;
using ConvLstm.Nowcast.Storage.Grids;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Publishing;

/// <summary>Forecasts into the database: one transaction a run, so that readers see the old run or the new one.</summary>
public sealed class ForecastPublisher(NpgsqlDataSource database, GridStore grids, TimeProvider time)
{
    /// <summary>LISTEN on this channel to hear of a run the moment it can be read; the payload is a JSON object.</summary>
    public const string Channel = "nowcast_published";

    /// <summary>What a run must fulfil to be given to consumers.</summary>
    public ForecastSanity Sanity { get; init; } = new();

    /// <summary>
    /// Publishes a run; one of the same grid, issue time, model version and method is replaced as a whole, and its scores
    /// with it. A run that fails a check is kept, marked, and withheld from consumers.
    /// </summary>
    /// <exception cref="ReportedException">Its grid's name stands for another grid, or its fields do not fit together.</exception>
    public async Task<PublishedRun> PublishAsync(RainForecast forecast, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(forecast);
        CheckShape(forecast);
        var grid = await grids.EnsureAsync(forecast.Grid, cancellation).ConfigureAwait(false);
        await grids.EnsureDaysAsync(grid, forecast.IssueTime, forecast.IssueTime, cancellation).ConfigureAwait(false);
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        var checks = Sanity.Check(forecast, await ScanAsync(connection, grid.Id, forecast.IssueTime, cancellation).ConfigureAwait(false));
        var (rates, means, percent) = Rounded(forecast);

        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        var row = await RunRow.WriteAsync(connection, grid, forecast, checks, time.GetUtcNow(), cancellation).ConfigureAwait(false);
        var run = new RunPixels(connection, grid, row.RunId, forecast, rates, means, percent);
        await run.CopyTilesAsync(cancellation).ConfigureAwait(false);
        await run.CopyStripsAsync(cancellation).ConfigureAwait(false);
        var published = new PublishedRun(row.RunId, row.Replaced, grid.Tiles.Count * rates.Length, checks.All(check => check.Passed),
            checks);
        await NotifyAsync(connection, forecast, published, cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return published;
    }

    /// <summary>The rates of each lead and their means, and for each lead the probabilities of each threshold in per cent.</summary>
    private static (float[][] Rates, float[][] Means, byte[][][] Percent) Rounded(RainForecast forecast)
    {
        var leads = forecast.LeadTimes.Count;
        var (rates, means, percent) = (new float[leads][], new float[leads][], new byte[leads][][]);
        Parallel.For(0, leads, lead =>
        {
            rates[lead] = ForecastFields.Rates(forecast.RainRate[lead]);
            means[lead] = ForecastFields.Means(forecast.MeanRate[lead], rates[lead]);
            percent[lead] = [.. forecast.ExceedanceProbability.Select(fields => ForecastFields.Percent(fields[lead]))];
        });
        return (rates, means, percent);
    }

    /// <summary>Inside the transaction: PostgreSQL delivers it when, and only when, the run is committed.</summary>
    private static async Task NotifyAsync(
        NpgsqlConnection connection, RainForecast forecast, PublishedRun published, CancellationToken cancellation)
    {
        var payload = JsonSerializer.Serialize(new
        {
            grid = forecast.Grid.Name,
            run_id = published.RunId,
            issue_time = forecast.IssueTime.UtcDateTime,
            method = forecast.Provenance.Method,
            model_version = forecast.Provenance.ModelVersion,
            leads = forecast.LeadTimes.Count,
            longest_lead_minutes = forecast.LeadTimes[^1].TotalMinutes,
            replaced = published.Replaced,
            sane = published.IsSane,
        });
        await using var notify = new NpgsqlCommand("SELECT pg_notify($1, $2)", connection)
        {
            Parameters = { new() { Value = Channel }, new() { Value = payload } },
        };
        await notify.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task<ScanSummary?> ScanAsync(
        NpgsqlConnection connection, int grid, DateTimeOffset validTime, CancellationToken cancellation)
    {
        await using var query = new NpgsqlCommand(
            "SELECT missing_share, wet_share, min_mm_h, mean_mm_h, max_mm_h FROM nowcast.scan WHERE grid_id = $1 AND valid_time = $2",
                connection)
        {
            Parameters = { new() { Value = grid }, new() { Value = validTime } },
        };
        await using var rows = await query.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        return await rows.ReadAsync(cancellation).ConfigureAwait(false)
            ? new ScanSummary(
                rows.GetDouble(0), rows.GetDouble(1), rows.GetFieldValue<double?>(2), rows.GetFieldValue<double?>(3),
                    rows.GetFieldValue<double?>(4))
            : null;
    }

    private static void CheckShape(RainForecast forecast)
    {
        var leads = forecast.LeadTimes.Count;
        var fields = forecast.RainRate.Concat(forecast.MeanRate).Concat(forecast.ExceedanceProbability.SelectMany(fields => fields));
        if (leads == 0 || forecast.RainRate.Count != leads || forecast.MeanRate.Count != leads
            || forecast.ExceedanceProbability.Count != forecast.Thresholds.Count
            || forecast.ExceedanceProbability.Any(fields => fields.Count != leads)
            || fields.Any(field => field.Length != forecast.Grid.PixelCount))
        {
            throw new ReportedException(
                $"The forecast of {forecast.Grid.Name} at {forecast.IssueTime:yyyy-MM-ddTHH:mm:ssZ} does not hold a "
                    + $"{forecast.Grid.Height}×{forecast.Grid.Width} map of rain and of each probability for each of its {leads} leads.");
        }
    }
}
