using ConvLstm.Nowcast.Jobs.Hosting;
using Hangfire;
using Hangfire.Server;

namespace ConvLstm.Nowcast.Tests.Jobs.Hosting;

/// <summary>A job that does what the test says.</summary>
[Queue("{1}"), AutomaticRetry(Attempts = 0, LogEvents = false)]
internal sealed class DelegateJob(IReadOnlyList<TestWork> works)
{
    [JobDisplayName("{0}")]
    public Task<string> RunAsync(string name, string role, PerformContext context, CancellationToken cancellation) =>
        RunningJob.RunAsync(context, works.Single(w => w.Name == name && w.Role == role).Do, cancellation);
}

/// <summary>The same, tried twice again at once.</summary>
[Queue("{1}"), AutomaticRetry(Attempts = 2, DelaysInSeconds = new[] { 0 }, LogEvents = false)]
internal sealed class RetriedJob(IReadOnlyList<TestWork> works)
{
    [JobDisplayName("{0}")]
    public Task<string> RunAsync(string name, string role, PerformContext context, CancellationToken cancellation) =>
        RunningJob.RunAsync(context, works.Single(w => w.Name == name && w.Role == role).Do, cancellation);
}
