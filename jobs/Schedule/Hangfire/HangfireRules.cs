using Hangfire;
using Hangfire.Client;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;

namespace ConvLstm.Nowcast.Jobs.Schedule.Hangfire;

/// <summary>What becomes of a job that is due while it waits already, and of one that failed.</summary>
internal sealed class HangfireRules(IReadOnlyList<JobDefinition> jobs) : IClientFilter, IElectStateFilter
{
    /// <summary>More than there ever are at work or in a queue.</summary>
    private const int All = 1000;

    /// <summary>The one at work, and one that waits for its lease.</summary>
    private const int MostAtWork = 2;

    private readonly JobFilterCollection _filters = [];

    /// <summary>Instead of the engine's global filters, which would try ten times and know nothing of our jobs.</summary>
    internal IJobFilterProvider Provider()
    {
        if (_filters.Count == 0)
            _filters.Add(this);
        return _filters;
    }

    public void OnCreating(CreatingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Canceled = IsWaiting(context.Storage.GetMonitoringApi(), context.Job);
    }

    public void OnCreated(CreatedContext context)
    {
        // It is as it should be.
    }

    public void OnStateElection(ElectStateContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.CandidateState is not FailedState failed)
            return;
        var failures = context.GetJobParameter<int>(HangfireJob.Failures);
        var retries = jobs.FirstOrDefault(j => j.Name == NameOf(context.BackgroundJob.Job))?.Retries ?? Retries.None;
        if (failures < retries.Attempts)
        {
            context.SetJobParameter(HangfireJob.Failures, failures + 1);
            context.CandidateState = new ScheduledState(retries.FirstWait * Math.Pow(2, failures)) { Reason = $"attempt {failures + 1} failed: {failed.Exception.Message}" };
            return;
        }
        // Failed jobs stay for ever in the engine's store, deleted ones a day; the history of the jobs has them all.
        context.CandidateState = new DeletedState(new ExceptionInfo(failed.Exception)) { Reason = $"attempt {failures + 1} failed, the last: {failed.Exception.Message}" };
    }

    private static string NameOf(Job? job) => job?.Args is [string name, ..] ? name : "";

    private static bool IsWaiting(IMonitoringApi store, Job job)
    {
        var name = NameOf(job);
        return store.EnqueuedJobs(job.Queue, 0, All).Any(waiting => NameOf(waiting.Value?.Job) == name)
            || store.ProcessingJobs(0, All).Count(running => NameOf(running.Value?.Job) == name) >= MostAtWork;
    }
}
