using ConvLstm.Nowcast.Storage.Jobs;
using ConvLstm.Nowcast.Storage.Leases;
using Hangfire.Server;
using Hangfire.States;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>Another run of the job is at work, and has been for a while.</summary>
internal sealed class JobAtWorkException(string job) : Exception($"another run of {job} is at work");

/// <summary>
/// A job never runs twice at the same time in the whole cluster, however long it takes and whatever the engine believes: its own lock, a
/// row with a time, ends after some minutes, and it may take a busy server for a dead one.
/// </summary>
internal sealed class LeaseFilter(JobHistory history) : IServerFilter, IElectStateFilter
{
    private const string Key = "nowcast:lease";

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(250);

    /// <summary>A worker that waits for longer is missed elsewhere: the run goes back to the schedule.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    internal static Lease Of(PerformContext context) => (Lease)context.Items[Key];

    public void OnPerforming(PerformingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (name, stop, since) =
            (JobNames.Of(context.BackgroundJob.Job), context.CancellationToken.ShutdownToken, TimeProvider.System.GetTimestamp());
        for (var waited = false; ; waited = true)
        {
            if (history.TryTakeLease(name) is { } lease)
            {
                if (waited && history.IsDone(name, new(DateTime.SpecifyKind(context.BackgroundJob.CreatedAt, DateTimeKind.Utc)),
                    context.BackgroundJob.Id))
                {
                    lease.Dispose();
                    context.Canceled = true;
                    return;
                }
                context.Items[Key] = lease;
                return;
            }
            if (TimeProvider.System.GetElapsedTime(since) > Patience)
                throw new JobAtWorkException(name);
            stop.WaitHandle.WaitOne(BetweenTries);
            stop.ThrowIfCancellationRequested();
        }
    }

    public void OnPerformed(PerformedContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Items.Remove(Key, out var lease))
            ((Lease)lease).Dispose();
    }

    /// <summary>Neither is a failure that counts.</summary>
    public void OnStateElection(ElectStateContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CandidateState = (context.CandidateState as FailedState)?.Exception switch
        {
            JobAtWorkException atWork => new ScheduledState(Patience) { Reason = atWork.Message },
            LeaseLostException lost => new EnqueuedState { Reason = lost.Message },
            _ => context.CandidateState,
        };
    }
}
