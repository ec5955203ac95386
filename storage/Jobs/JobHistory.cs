using Dapper;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Jobs;

/// <summary>How a job ended.</summary>
public enum JobOutcome
{
    Succeeded,
    Failed,
    Cancelled,
}

/// <summary>A row of the view job_history.</summary>
/// <param name="JobRunId">Its number.</param>
/// <param name="Job">ingest, forecast, verify, ….</param>
/// <param name="Host">The machine it ran on.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="FinishedAt">UTC; null while it runs.</param>
/// <param name="Outcome">running, succeeded, failed or cancelled.</param>
/// <param name="Message">One line for people.</param>
public sealed record JobRun(
    long JobRunId, string Job, string Host, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, string Outcome, string Message);

/// <summary>What the program has been doing.</summary>
public sealed class JobHistory
{
    private readonly NpgsqlDataSource database;
    private readonly TimeProvider time;

    public JobHistory(NpgsqlDataSource database, TimeProvider time)
    {
        Queries.DapperTypes.Register();
        this.database = database;
        this.time = time;
    }

    /// <summary>Notes that a job begins; returns the number to end it with.</summary>
    public async Task<long> BeginAsync(string job, CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "INSERT INTO nowcast.job_run (job, host, started_at) VALUES (@job, @host, @now) RETURNING job_run_id",
            new { job, host = Environment.MachineName, now = time.GetUtcNow() }, cancellationToken: cancellation)).ConfigureAwait(false);
    }

    /// <summary>Notes how a job ended.</summary>
    /// <param name="jobRunId">From <see cref="BeginAsync"/>.</param>
    /// <param name="outcome">How.</param>
    /// <param name="message">One line for people: what it did, or why it failed.</param>
    /// <param name="detailsJson">Numbers, a JSON object; null for none.</param>
    /// <param name="cancellation">Not that of the job: a cancelled job wants to be noted too.</param>
    public async Task EndAsync(long jobRunId, JobOutcome outcome, string message, string? detailsJson, CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE nowcast.job_run SET finished_at = @now, outcome = @outcome, message = @message, details = @details::jsonb WHERE job_run_id = @jobRunId",
            new { jobRunId, now = time.GetUtcNow(), outcome = OutcomeName(outcome), message, details = detailsJson ?? "{}" },
            cancellationToken: cancellation)).ConfigureAwait(false);
    }

    /// <summary>The last runs of all jobs, or of one, the newest first.</summary>
    public async Task<IReadOnlyList<JobRun>> ListAsync(string? job, int count, CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync<JobRun>(new CommandDefinition(
            """
            SELECT job_run_id AS JobRunId, job AS Job, host AS Host, started_at AS StartedAt, finished_at AS FinishedAt, outcome AS Outcome,
                   message AS Message
            FROM nowcast.job_history WHERE @job::text IS NULL OR job = @job ORDER BY started_at DESC, job_run_id DESC LIMIT @count
            """, new { job, count }, cancellationToken: cancellation)).ConfigureAwait(false)).AsList();
    }

    private static string OutcomeName(JobOutcome outcome) => outcome switch
    {
        JobOutcome.Succeeded => "succeeded",
        JobOutcome.Failed => "failed",
        _ => "cancelled",
    };
}
