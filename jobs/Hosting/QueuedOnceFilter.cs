using Hangfire;
using Hangfire.Client;
using Hangfire.Common;
using Hangfire.Storage;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>A job that waits in its queue is not put there again: one run does what was asked for twice.</summary>
/// <param name="store">Asked while the engine holds a connection of its own.</param>
internal sealed class QueuedOnceFilter(JobStorage store) : IClientFilter
{
    /// <summary>More than there ever are at work or in a queue.</summary>
    private const int All = 1000;

    /// <summary>The one at work, and one that waits for its lease.</summary>
    private const int MostAtWork = 2;

    public void OnCreating(CreatingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Canceled = IsWaiting(store.GetMonitoringApi(), context.Job);
    }

    public void OnCreated(CreatedContext context)
    {
        // It is as it should be.
    }

    private static bool IsWaiting(IMonitoringApi engine, Job job)
    {
        var name = JobNames.Of(job);
        return engine.EnqueuedJobs(Roles.QueueOf(job), 0, All).Any(waiting => JobNames.Of(waiting.Value?.Job) == name)
            || engine.ProcessingJobs(0, All).Count(running => JobNames.Of(running.Value?.Job) == name) >= MostAtWork;
    }
}
