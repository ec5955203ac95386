using ConvLstm.Nowcast.Storage.Jobs;
using Hangfire;

namespace ConvLstm.Nowcast.Jobs.Schedule.Hangfire;

/// <summary>Makes the engine's jobs.</summary>
internal sealed class HangfireActivator(JobRunner runner, JobHistory history, CancellationToken stop) : JobActivator
{
    public override object ActivateJob(Type jobType) => new HangfireJob(runner, history, stop);
}
