using ConvLstm.Nowcast.Jobs.Schedule;

namespace ConvLstm.Nowcast.Tests.Jobs.Schedule;

/// <summary>A job that does what the test says.</summary>
internal sealed class DelegateJob(Func<JobContext, CancellationToken, Task<string>> work) : IJob
{
    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancellation) => new(await work(context, cancellation));

    /// <summary>A definition that is due at no time of a test, unless it says when.</summary>
    internal static JobDefinition Definition(
        string name, Func<JobContext, CancellationToken, Task<string>> work, Retries? retries = null, string cron = "0 0 29 2 *", string role = Roles.Scheduler) =>
        new(name, $"The job {name}.", role, cron, retries ?? Retries.None, () => new DelegateJob(work));
}
