using ConvLstm.Nowcast.Ingest;
using Hangfire.Server;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>The lease of a run was lost in the middle: another server may have begun it anew.</summary>
internal sealed class LeaseLostException() : Exception("the database was lost in the middle");

/// <summary>A run of a job at work, where it says how far it is. <see cref="HistoryFilter"/> makes it before the job is called.</summary>
/// <param name="id">In the history.</param>
/// <param name="time">The clock.</param>
/// <param name="progress">Keeps what the run says.</param>
/// <param name="lost">The lease is.</param>
internal sealed class RunningJob(long id, TimeProvider time, JobProgress progress, CancellationToken lost)
{
    internal const string Key = "nowcast:run";

    internal long Id => id;

    internal TimeProvider Time => time;

    internal JobProgress Progress => progress;

    internal long Started { get; } = TimeProvider.System.GetTimestamp();

    /// <summary>When the work ended: where the database is away that is noted later. Null where it did not begin.</summary>
    internal DateTimeOffset? Ended { get; private set; }

    /// <summary>Numbers for the history, a JSON object; null for none.</summary>
    internal string? DetailsJson { get; set; }

    /// <param name="fraction">0 to 1; null where it cannot say.</param>
    /// <param name="text">What it is doing.</param>
    internal void Report(double? fraction, string text) => progress.Report(fraction, text);

    /// <summary>A line for the log of this run.</summary>
    internal void Log(string line) => progress.Log(time.GetUtcNow(), line);

    /// <summary>Does the work of a job.</summary>
    /// <param name="context">The engine's.</param>
    /// <param name="work">The work; what is not complete when it is cancelled must leave no trace.</param>
    /// <param name="cancellation">The engine's: its server ends, or a person has stopped the run.</param>
    /// <returns>One line for people: what it did.</returns>
    /// <exception cref="ReportedException">It failed; the message says why in one line.</exception>
    internal static async Task<string> RunAsync(PerformContext context, Func<RunningJob, CancellationToken, Task<string>> work,
        CancellationToken cancellation)
    {
        var run = (RunningJob)context.Items[Key];
        return await run.RunAsync(work, cancellation);
    }

    private async Task<string> RunAsync(Func<RunningJob, CancellationToken, Task<string>> work, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lost);
        await using (progress)
        {
            progress.Start();
            try
            {
                return await work(this, either.Token);
            }
            catch (Exception e) when (either.IsCancellationRequested
                && e is OperationCanceledException or NpgsqlException or ReportedException)
            {
                // What was cut off in the middle complains in many ways; the engine knows this one.
                throw cancellation.IsCancellationRequested ? new OperationCanceledException("The run was stopped.", e, cancellation)
                    : new LeaseLostException();
            }
            finally
            {
                Ended = time.GetUtcNow();
            }
        }
    }
}
