using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Monitoring;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Jobs;
using ConvLstm.Nowcast.Storage.Leases;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Schedule;

/// <summary>A run failed, and was noted; the engine tries again as the definition says.</summary>
internal sealed class JobFailedException(string message) : Exception(message);

/// <summary>
/// Runs jobs for an engine: one at a time in the whole cluster, whatever the engine believes; with its history, its progress and
/// an ear for who wants to stop it.
/// </summary>
internal sealed partial class JobRunner(
    NowcastDatabase database, IReadOnlyList<JobDefinition> jobs, string server, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    // A restart of the database, and a little.
    private static readonly TimeSpan PatienceWithDatabase = TimeSpan.FromMinutes(5);

    /// <summary>Set by the schedule: lets another job run.</summary>
    internal Func<string, CancellationToken, Task> Trigger { get; set; } = (_, _) => Task.CompletedTask;

    /// <param name="name">The job.</param>
    /// <param name="attempt">1, and one more for each time it is tried again.</param>
    /// <param name="stop">This server ends.</param>
    /// <param name="asked">When the engine was asked for this run, where it knows: one that began since has done it.</param>
    /// <exception cref="JobFailedException">It failed, or lost the database.</exception>
    /// <exception cref="OperationCanceledException">This server ends; another shall take the job up.</exception>
    internal async Task RunAsync(string name, int attempt, CancellationToken stop, DateTimeOffset? asked = null)
    {
        var job = jobs.FirstOrDefault(j => j.Name == name) ?? throw new JobFailedException($"This server does not know the job {name}: give all servers the same settings and version.");
        try
        {
            var due = time.GetUtcNow();
            await using var lease = await TakeLeaseAsync(name, stop);
            if (lease.Waited && await IsDoneSinceAsync(name, due, asked, stop))
                return;
            await database.Jobs.MarkInterruptedAsync(name, stop);
            var id = await database.Jobs.BeginAsync(name, server, attempt, stop);
            await RunAsync(job, id, lease.Lease, stop);
        }
        catch (Exception e) when (e is ReportedException or NpgsqlException)
        {
            Unreachable(name, e.Message);
            throw new JobFailedException(e.Message);
        }
    }

    private async Task RunAsync(JobDefinition job, long id, Lease lease, CancellationToken stop)
    {
        using var byPerson = new CancellationTokenSource();
        using var work = CancellationTokenSource.CreateLinkedTokenSource(stop, lease.Lost, byPerson.Token);
        using var ended = new CancellationTokenSource();
        var listening = ListenAsync(id, byPerson, ended.Token);
        var started = time.GetTimestamp();
        using var running = JobMetrics.Begin(job.Name);
        var (outcome, report, progress) = (JobOutcome.Succeeded, new JobReport(""), new JobProgress(database.Jobs, id));
        await using (progress)
        {
            progress.Start();
            try
            {
                report = await job.Make().RunAsync(new JobContext(time, progress, Trigger), work.Token);
            }
            catch (Exception e) when (work.IsCancellationRequested && e is OperationCanceledException or NpgsqlException or ReportedException)
            {
                (outcome, report) = byPerson.IsCancellationRequested
                    ? (JobOutcome.Cancelled, new JobReport("stopped by a person"))
                    : (JobOutcome.Interrupted, new JobReport(stop.IsCancellationRequested ? "the server was stopped in the middle" : "the database was lost in the middle"));
            }
            catch (Exception e)
            {
                // Whatever a job does wrong is the end of this run, not of the service; who runs it is told below.
                (outcome, report) = (JobOutcome.Failed, new JobReport(e is ReportedException ? e.Message : $"{e.GetType().Name}: {e.Message}"));
                if (e is not ReportedException)
                    Unexpected(e, job.Name, id);
            }
        }
        await ended.CancelAsync();
        await listening;
        var duration = time.GetElapsedTime(started);
        JobMetrics.End(job.Name, outcome, duration);
        Ended(job.Name, id, outcome, duration, report.Message);
        await NoteEndAsync(id, outcome, report, progress.Lines, stop);
        if (outcome == JobOutcome.Interrupted)
            stop.ThrowIfCancellationRequested();
        if (outcome is JobOutcome.Failed or JobOutcome.Interrupted)
            throw new JobFailedException(report.Message);
    }

    /// <summary>Looks every second whether a person wants the run to stop.</summary>
    private async Task ListenAsync(long id, CancellationTokenSource byPerson, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(BetweenLooks);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                try
                {
                    if (!await database.Jobs.IsCancelRequestedAsync(id, ended))
                        continue;
                    await byPerson.CancelAsync();
                    return;
                }
                catch (Exception e) when (e is ReportedException or NpgsqlException)
                {
                    // The database is away: whoever wants to stop the run cannot say so either.
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The run has ended.
        }
    }

    /// <summary>Waits while another server runs the job: an engine may take a busy server for a dead one.</summary>
    private async Task<HeldLease> TakeLeaseAsync(string name, CancellationToken stop)
    {
        for (var waited = false; ; waited = true)
        {
            if (await database.Jobs.TryTakeLeaseAsync(name, stop) is { } lease)
                return new(lease, waited);
            await Task.Delay(BetweenTries, stop);
        }
    }

    /// <summary>The run that was waited for did what was due.</summary>
    private async Task<bool> IsDoneSinceAsync(string name, DateTimeOffset due, DateTimeOffset? asked, CancellationToken stop) =>
        await database.Jobs.ListAsync(name, 1, stop) is [{ Outcome: "succeeded", FinishedAt: { } finished } last] && (asked is { } since ? last.StartedAt >= since : finished >= due);

    /// <summary>The database may just be restarting: the end of a run is worth waiting for. Where it is not written, the next run notes it.</summary>
    private async Task NoteEndAsync(long id, JobOutcome outcome, JobReport report, string log, CancellationToken stop)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await database.Jobs.EndAsync(id, outcome, report.Message, report.DetailsJson, CancellationToken.None, log);
                return;
            }
            catch (Exception e) when (e is ReportedException or NpgsqlException)
            {
                if (stop.IsCancellationRequested || TimeProvider.System.GetElapsedTime(since) > PatienceWithDatabase)
                    throw new JobFailedException(e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "job {Job} run {Run} {Outcome} after {Duration}: {Report}")]
    private partial void Ended(string job, long run, JobOutcome outcome, TimeSpan duration, string report);

    [LoggerMessage(Level = LogLevel.Error, Message = "job {Job} run {Run} failed")]
    private partial void Unexpected(Exception e, string job, long run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "job {Job} could not run: {Reason}")]
    private partial void Unreachable(string job, string reason);

    private sealed record HeldLease(Lease Lease, bool Waited) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Lease.DisposeAsync();
    }
}
