namespace ConvLstm.Nowcast.Jobs.Schedule;

/// <summary>When a job is due.</summary>
/// <param name="Name">The job.</param>
/// <param name="Description">A sentence.</param>
/// <param name="Cron">Its times.</param>
/// <param name="Next">UTC; null where it is paused, or never again.</param>
/// <param name="IsPaused">It runs only when it is asked to.</param>
internal sealed record ScheduledJob(string Name, string Description, string Cron, DateTimeOffset? Next, bool IsPaused);

/// <summary>
/// What the program asks of a scheduler. An engine promises: a job never runs twice at once in all servers; times missed while no
/// server was there are made up for once; a failed run is tried again as its definition says; the run of a server that died is
/// taken up by another within a minute.
/// </summary>
internal interface ISchedule : IAsyncDisposable
{
    /// <summary>Writes down the jobs where this server has the role for it, and begins to run those of its roles.</summary>
    Task StartAsync(CancellationToken cancellation);

    /// <summary>Stops the runs of this server; those that were at work are left to others.</summary>
    Task StopAsync(CancellationToken cancellation);

    /// <summary>The jobs, by name.</summary>
    Task<IReadOnlyList<ScheduledJob>> JobsAsync(CancellationToken cancellation);

    /// <summary>Lets a job run as soon as may be, on the server whose role it is; once where it waits already.</summary>
    /// <exception cref="Ingest.ReportedException">There is no such job.</exception>
    Task TriggerAsync(string job, CancellationToken cancellation);

    /// <summary>From now on the job runs only when it is asked to.</summary>
    /// <exception cref="Ingest.ReportedException">There is no such job.</exception>
    Task PauseAsync(string job, CancellationToken cancellation);

    /// <exception cref="Ingest.ReportedException">There is no such job.</exception>
    Task ResumeAsync(string job, CancellationToken cancellation);
}
