using Quartz;

namespace ConvLstm.Nowcast.Jobs.Schedule.Quartz;

/// <summary>What the engine runs: it hands the name on to the runner.</summary>
[DisallowConcurrentExecution]
internal sealed class QuartzJob(JobRunner runner) : global::Quartz.IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await runner.RunAsync(context.JobDetail.Key.Name, context.RetryAttempt + 1, cancellationToken);
        }
        catch (JobFailedException e)
        {
            // The engine retries what fails with this exception, and logs every other one.
            throw new JobExecutionException(e);
        }
    }
}
