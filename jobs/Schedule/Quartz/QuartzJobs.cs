using Quartz;
using Quartz.Extensibility;

namespace ConvLstm.Nowcast.Jobs.Schedule.Quartz;

/// <summary>Makes the engine's jobs.</summary>
internal sealed class QuartzJobs(JobRunner runner) : IJobFactory
{
    public ValueTask<JobScope> CreateJob(TriggerFiredBundle bundle, IScheduler scheduler, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(new JobScope(new QuartzJob(runner)));

    public ValueTask ReturnJob(JobScope scope, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
}
