using ConvLstm.Nowcast.Jobs.Hosting;

namespace ConvLstm.Nowcast.Tests.Jobs.Hosting;

/// <summary>What a job of a test does, under a name.</summary>
internal sealed record TestWork(string Name, Func<RunningJob, CancellationToken, Task<string>> Do, string Cron = TestWork.Never,
    string Role = Roles.Scheduler, bool IsRetried = false)
{
    /// <summary>At no time of a test.</summary>
    internal const string Never = "0 0 29 2 *";

    internal DueJob Job => new(Name, Cron, IsRetried
        ? Hangfire.Common.Job.FromExpression<RetriedJob>(job => job.RunAsync(Name, Role, null!, CancellationToken.None))
        : Hangfire.Common.Job.FromExpression<DelegateJob>(job => job.RunAsync(Name, Role, null!, CancellationToken.None)));
}
