using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Monitoring;
using ConvLstm.Nowcast.Storage.Jobs;
using Hangfire.Server;
using Hangfire.States;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>
/// Writes each run of a job into nowcast.job_history, the metrics and the log, and gives it something to say how far it is.
/// </summary>
internal sealed partial class HistoryFilter(JobHistory history, ServiceOptions options, ILogger<HistoryFilter> logger) : IServerFilter
{
    /// <summary>What Hangfire's AutomaticRetry counts in.</summary>
    private const string Failures = "RetryCount";

    private const string MetricsKey = "nowcast:metrics";

    // A restart of the database, and a little.
    private static readonly TimeSpan PatienceWithDatabase = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    public void OnPerforming(PerformingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var name = JobNames.Of(context.BackgroundJob.Job);
        history.MarkInterrupted(name);
        var id = history.Begin(name, options.Server, context.GetJobParameter<int>(Failures) + 1, context.BackgroundJob.Id);
        context.Items[RunningJob.Key] = new RunningJob(id, options.Time, new JobProgress(history, id), LeaseFilter.Of(context).Lost);
        context.Items[MetricsKey] = JobMetrics.Begin(name);
    }

    public void OnPerformed(PerformedContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (name, run) = (JobNames.Of(context.BackgroundJob.Job), (RunningJob)context.Items[RunningJob.Key]);
        var (outcome, message) = EndOf(context);
        var duration = TimeProvider.System.GetElapsedTime(run.Started);
        ((IDisposable)context.Items[MetricsKey]).Dispose();
        JobMetrics.End(name, outcome, duration);
        if (outcome == JobOutcome.Failed)
            Failed(name, run.Id, message);
        else
            Ended(name, run.Id, outcome, duration, message);
        NoteEnd(run, outcome, message, context.CancellationToken.ShutdownToken);
    }

    private static (JobOutcome Outcome, string Message) EndOf(PerformedContext context) =>
        ((context.Exception as JobPerformanceException)?.InnerException ?? context.Exception) switch
        {
            null => (JobOutcome.Succeeded, context.Result as string ?? ""),
            JobAbortedException when IsDeleted(context) => (JobOutcome.Cancelled, "stopped by a person"),
            JobAbortedException => (JobOutcome.Interrupted, "another server has taken it up"),
            OperationCanceledException => (JobOutcome.Interrupted, "the server was stopped in the middle"),
            LeaseLostException lost => (JobOutcome.Interrupted, lost.Message),
            ReportedException reported => (JobOutcome.Failed, reported.Message),
            var e => (JobOutcome.Failed, $"{e.GetType().Name}: {e.Message}"),
        };

    private static bool IsDeleted(PerformContext context)
    {
        try
        {
            return context.Connection.GetStateData(context.BackgroundJob.Id) is not { } state || state.Name == DeletedState.StateName;
        }
        catch (NpgsqlException)
        {
            // The database went away just now.
            return false;
        }
    }

    /// <summary>
    /// The database may just be restarting: the end of a run is worth waiting for. Where it is not written, the next run notes it.
    /// </summary>
    private void NoteEnd(RunningJob run, JobOutcome outcome, string message, CancellationToken stop)
    {
        var since = TimeProvider.System.GetTimestamp();
        var ended = run.Ended ?? options.Time.GetUtcNow();
        while (true)
        {
            try
            {
                history.End(run.Id, outcome, message, run.DetailsJson, run.Progress.Lines, ended);
                return;
            }
            catch (NpgsqlException e)
            {
                if (stop.IsCancellationRequested || TimeProvider.System.GetElapsedTime(since) > PatienceWithDatabase)
                {
                    NotNoted(run.Id, e.Message);
                    return;
                }
                stop.WaitHandle.WaitOne(BetweenTries);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "job {Job} run {Run} {Outcome} after {Duration}: {Report}")]
    private partial void Ended(string job, long run, JobOutcome outcome, TimeSpan duration, string report);

    [LoggerMessage(Level = LogLevel.Warning, Message = "job {Job} run {Run} failed: {Reason}")]
    private partial void Failed(string job, long run, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the end of run {Run} could not be noted: {Reason}")]
    private partial void NotNoted(long run, string reason);
}
