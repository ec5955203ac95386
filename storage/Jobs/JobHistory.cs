using ConvLstm.Nowcast.Storage.Leases;
using Dapper;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Jobs;

/// <summary>What the program has been doing.</summary>
public sealed class JobHistory
{
    private const string Columns =
        """
        SELECT job_run_id AS JobRunId, job AS Job, host AS Host, started_at AS StartedAt, finished_at AS FinishedAt, outcome AS Outcome,
               message AS Message, server AS Server, attempt AS Attempt, progress AS Progress, progress_text AS ProgressText
        FROM nowcast.job_history
        """;

    private const string LeasePrefix = "job ";

    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _time;

    public JobHistory(NpgsqlDataSource database, TimeProvider time)
    {
        Queries.DapperTypes.Register();
        _database = database;
        _time = time;
    }

    /// <summary>The right to run a job; null where another program has it.</summary>
    public Task<Lease?> TryTakeLeaseAsync(string job, CancellationToken cancellation) =>
        Lease.TryTakeAsync(_database, LeasePrefix + job, Lease.UsualDuration, cancellation);

    /// <summary>Notes that a job begins; returns the number to end it with.</summary>
    public Task<long> BeginAsync(string job, CancellationToken cancellation) => BeginAsync(job, "", 1, cancellation);

    /// <summary>As above, by a server of the schedule.</summary>
    /// <param name="job">Its name.</param>
    /// <param name="server">The program that runs it.</param>
    /// <param name="attempt">1, and one more for each time it is tried again.</param>
    /// <param name="cancellation">Stops the wait.</param>
    public Task<long> BeginAsync(string job, string server, int attempt, CancellationToken cancellation) => ScalarAsync<long>(
        "INSERT INTO nowcast.job_run (job, host, started_at, server, attempt) VALUES (@job, @host, @now, @server, @attempt) RETURNING job_run_id",
        new { job, host = Environment.MachineName, now = _time.GetUtcNow(), server, attempt }, cancellation);

    /// <summary>Notes how far a job is.</summary>
    public Task ProgressAsync(long jobRunId, double? progress, string text, string log, CancellationToken cancellation) => ExecuteAsync(
        "UPDATE nowcast.job_run SET progress = @progress, progress_text = @text, log = @log WHERE job_run_id = @jobRunId AND outcome = 'running'",
        new { jobRunId, progress, text, log }, cancellation);

    /// <summary>Notes how a job ended.</summary>
    /// <param name="jobRunId">From <see cref="BeginAsync(string, CancellationToken)"/>.</param>
    /// <param name="outcome">How.</param>
    /// <param name="message">One line for people: what it did, or why it failed.</param>
    /// <param name="detailsJson">Numbers, a JSON object; null for none.</param>
    /// <param name="cancellation">Not that of the job: a cancelled job wants to be noted too.</param>
    /// <param name="log">What it said on the way; null leaves what was noted.</param>
    public Task EndAsync(
        long jobRunId, JobOutcome outcome, string message, string? detailsJson, CancellationToken cancellation, string? log = null) => ExecuteAsync(
        """
        UPDATE nowcast.job_run SET finished_at = @now, outcome = @outcome, message = @message, details = @details::jsonb, log = coalesce(@log, log)
        WHERE job_run_id = @jobRunId
        """,
        new { jobRunId, now = _time.GetUtcNow(), outcome = OutcomeName(outcome), message, details = detailsJson ?? "{}", log }, cancellation);

    /// <summary>The last runs of all jobs, or of one, the newest first.</summary>
    public async Task<IReadOnlyList<JobRun>> ListAsync(string? job, int count, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync<JobRun>(new CommandDefinition(
            $"{Columns} WHERE @job::text IS NULL OR job = @job ORDER BY started_at DESC, job_run_id DESC LIMIT @count",
            new { job, count }, cancellationToken: cancellation)).ConfigureAwait(false)).AsList();
    }

    /// <summary>The last run of each job.</summary>
    public async Task<IReadOnlyList<JobRun>> NewestAsync(CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync<JobRun>(new CommandDefinition(
            $"{Columns} WHERE job_run_id IN (SELECT max(job_run_id) FROM nowcast.job_run GROUP BY job)",
            cancellationToken: cancellation)).ConfigureAwait(false)).AsList();
    }

    /// <summary>One run with what it said and its numbers; null where there is no such run.</summary>
    public async Task<(JobRun Run, string Log, string DetailsJson)?> FindAsync(long jobRunId, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        var run = await connection.QuerySingleOrDefaultAsync<JobRun>(new CommandDefinition(
            $"{Columns} WHERE job_run_id = @jobRunId", new { jobRunId }, cancellationToken: cancellation)).ConfigureAwait(false);
        if (run is null)
            return null;
        var (log, details) = await connection.QuerySingleAsync<(string, string)>(new CommandDefinition(
            "SELECT log, details::text FROM nowcast.job_run WHERE job_run_id = @jobRunId", new { jobRunId }, cancellationToken: cancellation)).ConfigureAwait(false);
        return (run, log, details);
    }

    /// <summary>Asks the runs of a job that are at work, wherever that is, to stop; returns how many there are.</summary>
    public Task<int> RequestCancelAsync(string job, CancellationToken cancellation) => ExecuteAsync(
        "UPDATE nowcast.job_run SET cancel_requested_at = @now WHERE job = @job AND outcome = 'running'", new { job, now = _time.GetUtcNow() }, cancellation);

    /// <summary>Whether a run was asked to stop. That is looked up and not told by a notification, which any role could send.</summary>
    public Task<bool> IsCancelRequestedAsync(long jobRunId, CancellationToken cancellation) => ScalarAsync<bool>(
        "SELECT cancel_requested_at IS NOT NULL FROM nowcast.job_run WHERE job_run_id = @jobRunId", new { jobRunId }, cancellation);

    /// <summary>
    /// Whoever holds the lease of a job knows that no other run of it is alive: those that say that they run were killed. Returns how many.
    /// </summary>
    public Task<int> MarkInterruptedAsync(string job, CancellationToken cancellation) => ExecuteAsync(
        """
        UPDATE nowcast.job_run SET finished_at = @now, outcome = 'interrupted', message = 'its program ended in the middle'
        WHERE job = @job AND outcome = 'running'
        """, new { job, now = _time.GetUtcNow() }, cancellation);

    /// <summary>Marks the runs of all jobs whose lease nobody holds. Returns how many.</summary>
    public Task<int> MarkOrphansAsync(CancellationToken cancellation) => ExecuteAsync(
        """
        UPDATE nowcast.job_run AS r SET finished_at = @now, outcome = 'interrupted', message = 'its program ended in the middle'
        WHERE outcome = 'running' AND server <> '' AND NOT EXISTS (
            SELECT FROM nowcast.lease AS l WHERE l.name = @prefix || r.job AND l.expires_at > clock_timestamp())
        """, new { now = _time.GetUtcNow(), prefix = LeasePrefix }, cancellation);

    /// <summary>Forgets the runs that began before a time. Returns how many.</summary>
    public Task<int> ForgetBeforeAsync(DateTimeOffset before, CancellationToken cancellation) => ExecuteAsync(
        "DELETE FROM nowcast.job_run WHERE started_at < @before AND outcome <> 'running'", new { before }, cancellation);

    private async Task<int> ExecuteAsync(string sql, object parameters, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellation)).ConfigureAwait(false);
    }

    private async Task<T> ScalarAsync<T>(string sql, object parameters, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.ExecuteScalarAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancellation)).ConfigureAwait(false))!;
    }

    private static string OutcomeName(JobOutcome outcome) => outcome switch
    {
        JobOutcome.Succeeded => "succeeded",
        JobOutcome.Failed => "failed",
        JobOutcome.Cancelled => "cancelled",
        _ => "interrupted",
    };
}
