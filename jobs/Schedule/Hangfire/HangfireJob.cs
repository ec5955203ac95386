using ConvLstm.Nowcast.Storage.Jobs;
using Hangfire.Server;

namespace ConvLstm.Nowcast.Jobs.Schedule.Hangfire;

/// <summary>What the engine runs: it hands the name on to the runner.</summary>
/// <param name="runner">Keeps the lease: the engine's own lock, a row with a time, would outlive a killed server by minutes.</param>
/// <param name="history">Where a run that is deleted in the engine's dashboard is told to stop.</param>
/// <param name="stop">Cancelled before the engine is told to stop.</param>
internal sealed class HangfireJob(JobRunner runner, JobHistory history, CancellationToken stop)
{
    /// <summary>The parameter of a background job that counts its failed attempts.</summary>
    internal const string Failures = "Failures";

    /// <param name="name">The job.</param>
    /// <param name="context">Put in by the engine.</param>
    public async Task RunAsync(string name, PerformContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        // The engine's token ends with the server, but also with a run that somebody deletes in its dashboard. It tells a stop from a failure
        // by that token alone, so the runner is stopped by it and not before.
        using var serverEnds = new CancellationTokenSource();
        var deleted = Task.CompletedTask;
        await using (context.CancellationToken.ShutdownToken.Register(Stop))
            await runner.RunAsync(name, context.GetJobParameter<int>(Failures) + 1, serverEnds.Token, new DateTimeOffset(DateTime.SpecifyKind(context.BackgroundJob.CreatedAt, DateTimeKind.Utc)));
        await deleted;

        void Stop()
        {
            if (stop.IsCancellationRequested)
                serverEnds.Cancel();
            else
                deleted = history.RequestCancelAsync(name, CancellationToken.None);
        }
    }
}
