namespace ConvLstm.Nowcast.Storage.Jobs;

/// <summary>A row of the view job_history.</summary>
/// <param name="JobRunId">Its number.</param>
/// <param name="Job">ingest, nowcast, verify, ….</param>
/// <param name="Host">The machine it ran on.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="FinishedAt">UTC; null while it runs.</param>
/// <param name="Outcome">running, succeeded, failed, cancelled or interrupted.</param>
/// <param name="Message">One line for people.</param>
/// <param name="Server">The program that ran it.</param>
/// <param name="Attempt">1, and one more for each time it was tried again.</param>
/// <param name="Progress">How far it is, 0 to 1; null where it does not say.</param>
/// <param name="ProgressText">What it is doing.</param>
/// <param name="EngineJob">Its number with the job engine; null where that was not asked.</param>
public sealed record JobRun(
    long JobRunId, string Job, string Host, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, string Outcome, string Message,
    string Server, int Attempt, double? Progress, string ProgressText, string? EngineJob);
