using ConvLstm.Nowcast.Storage.Leases;
using Dapper;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Jobs;

/// <summary>
/// What the program has been doing. What a run begins and ends with blocks: the job engine calls it on threads of its own.
/// </summary>
public sealed class JobHistory
{
    private const string LeasePrefix = "job ";

    private const string Columns =
        """
        SELECT job_run_id AS JobRunId, job AS Job, host AS Host, started_at AS StartedAt, finished_at AS FinishedAt, outcome AS Outcome,
               message AS Message, server AS Server, attempt AS Attempt, progress AS Progress, progress_text AS ProgressText, engine_job AS EngineJob
        FROM nowcast.job_run
        """;

    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _time;

    public JobHistory(NpgsqlDataSource database, TimeProvider time)
    {
        Queries.DapperTypes.Register();
        _database = database;
        _time = time;
    }

    /// <summary>The right to run a job; null where another program has it.</summary>
    public Lease? TryTakeLease(string job) => Lease.TryTake(_database, LeasePrefix + job, Lease.UsualDuration);

    /// <summary>Notes that a job begins; returns the number to end it with.</summary>
    /// <param name="job">Its name.</param>
    /// <param name="server">The program that runs it.</param>
    /// <param name="attempt">1, and one more for each time it is tried again.</param>
    /// <param name="engineJob">Its number with the job engine; null where it was not asked.</param>
    public long Begin(string job, string server = "", int attempt = 1, string? engineJob = null)
    {
        using var connection = _database.OpenConnection();
        return connection.ExecuteScalar<long>(
            """
            INSERT INTO nowcast.job_run (job, host, started_at, server, attempt, engine_job)
            VALUES (@job, @host, @now, @server, @attempt, @engineJob) RETURNING job_run_id
            """, new { job, host = Environment.MachineName, now = _time.GetUtcNow(), server, attempt, engineJob });
    }

    /// <summary>Notes how a job ended.</summary>
    /// <param name="jobRunId">From <see cref="Begin"/>.</param>
    /// <param name="outcome">How.</param>
    /// <param name="message">One line for people: what it did, or why it failed.</param>
    /// <param name="detailsJson">Numbers, a JSON object; null for none.</param>
    /// <param name="log">What it said on the way; null leaves what was noted.</param>
    /// <param name="at">When it ended, where that is noted later; null for now.</param>
    public void End(long jobRunId, JobOutcome outcome, string message, string? detailsJson = null, string? log = null,
        DateTimeOffset? at = null)
    {
        using var connection = _database.OpenConnection();
        connection.Execute(
            """
            UPDATE nowcast.job_run SET finished_at = @now, outcome = @outcome, message = @message, details = @details::jsonb, log = coalesce(@log, log)
            WHERE job_run_id = @jobRunId
            """, new { jobRunId, now = at ?? _time.GetUtcNow(), outcome = outcome.ToString().ToLowerInvariant(), message, details = detailsJson ?? "{}", log });
    }

    /// <summary>
    /// Whoever holds the lease of a job knows that no other run of it is alive: those that say that they run were killed. Returns how many.
    /// </summary>
    public int MarkInterrupted(string job)
    {
        using var connection = _database.OpenConnection();
        return connection.Execute(
            """
            UPDATE nowcast.job_run SET finished_at = @now, outcome = 'interrupted', message = 'its program ended in the middle'
            WHERE job = @job AND outcome = 'running'
            """, new { job, now = _time.GetUtcNow() });
    }

    /// <summary>
    /// Whether a run that waited for another is done by it: the other began after this one was asked for, or is the same one, taken up
    /// twice.
    /// </summary>
    public bool IsDone(string job, DateTimeOffset asked, string engineJob)
    {
        using var connection = _database.OpenConnection();
        return connection.ExecuteScalar<bool>(
            "SELECT EXISTS (SELECT FROM nowcast.job_run WHERE job = @job AND outcome = 'succeeded' AND (started_at >= @asked OR engine_job "
                + "= @engineJob))",
            new { job, asked, engineJob });
    }

    /// <summary>Notes how far a job is.</summary>
    public Task ProgressAsync(long jobRunId, double? progress, string text, string log, CancellationToken cancellation) => ExecuteAsync(
        "UPDATE nowcast.job_run SET progress = @progress, progress_text = @text, log = @log WHERE job_run_id = @jobRunId AND outcome = "
            + "'running'",
        new { jobRunId, progress, text, log }, cancellation);

    /// <summary>The last runs of a job, the newest first.</summary>
    public async Task<IReadOnlyList<JobRun>> ListAsync(string job, int count, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync<JobRun>(new CommandDefinition(
            $"{Columns} WHERE job = @job ORDER BY job_run_id DESC LIMIT @count", new { job, count }, cancellationToken: cancellation))
                .ConfigureAwait(false)).AsList();
    }

    /// <summary>The last run of a job of the engine, with what it said; null where it has not begun.</summary>
    public async Task<(JobRun Run, string Log)?> FindAsync(string engineJob, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        var run = await connection.QueryFirstOrDefaultAsync<JobRun>(new CommandDefinition(
            $"{Columns} WHERE engine_job = @engineJob ORDER BY job_run_id DESC LIMIT 1", new { engineJob },
                cancellationToken: cancellation)).ConfigureAwait(false);
        if (run is null)
            return null;
        return (run, await connection.ExecuteScalarAsync<string>(new CommandDefinition(
            "SELECT log FROM nowcast.job_run WHERE job_run_id = @id", new { id = run.JobRunId }, cancellationToken: cancellation))
                .ConfigureAwait(false) ?? "");
    }

    /// <summary>Marks the runs of all jobs whose lease nobody holds. Returns how many.</summary>
    public Task<int> MarkOrphansAsync(CancellationToken cancellation) => ExecuteAsync(
        """
        UPDATE nowcast.job_run AS r SET finished_at = @now, outcome = 'interrupted', message = 'its program ended in the middle'
        WHERE outcome = 'running' AND server <> '' AND NOT EXISTS (
            SELECT FROM nowcast.lease AS l WHERE l.name = @prefix || r.job AND l.expires_at > clock_timestamp())
        """, new { now = _time.GetUtcNow(), prefix = LeasePrefix }, cancellation);

    /// <summary>Forgets the runs that began before a time, and leases that ran out long ago. Returns how many runs.</summary>
    public Task<int> ForgetBeforeAsync(DateTimeOffset before, CancellationToken cancellation) => ExecuteAsync(
        """
        DELETE FROM nowcast.lease WHERE expires_at < clock_timestamp() - interval '1 day';
        DELETE FROM nowcast.job_run WHERE started_at < @before AND outcome <> 'running'
        """, new { before }, cancellation);

    private async Task<int> ExecuteAsync(string sql, object parameters, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellation)).ConfigureAwait(false);
    }
}
