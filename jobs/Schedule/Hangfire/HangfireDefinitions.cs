using Hangfire;
using Hangfire.Common;
using Hangfire.Storage;

namespace ConvLstm.Nowcast.Jobs.Schedule.Hangfire;

/// <summary>
/// The recurring jobs in the engine's store. One that stands there as it should keeps its next time, so that what was missed while no server
/// was there is made up for. The engine knows no pause: a paused job has a date that never comes, and stands in a set.
/// </summary>
internal sealed class HangfireDefinitions(JobStorage store, IReadOnlyList<JobDefinition> jobs, HangfireRules rules, TimeProvider time)
{
    private const string PausedSet = "nowcast:paused";

    private static readonly RecurringJobOptions Options = new() { TimeZone = TimeZoneInfo.Utc, MisfireHandling = MisfireHandlingMode.Relaxed };

    private readonly RecurringJobManager _manager = new(store, rules.Provider(), new DefaultTimeZoneResolver(), () => time.GetUtcNow().UtcDateTime);

    /// <summary>A run of a job, in the queue of its role.</summary>
    internal static Job RunOf(JobDefinition job) => Job.FromExpression<HangfireJob>(run => run.RunAsync(job.Name, null!), job.Role);

    internal void Write()
    {
        using var connection = store.GetConnection();
        var paused = connection.GetAllItemsFromSet(PausedSet);
        foreach (var job in jobs)
            Write(job, paused.Contains(job.Name));
        foreach (var stored in connection.GetRecurringJobs().Where(s => !jobs.Any(j => j.Name == s.Id)))
            _manager.RemoveIfExists(stored.Id);
    }

    internal IReadOnlyList<ScheduledJob> List()
    {
        using var connection = store.GetConnection();
        var paused = connection.GetAllItemsFromSet(PausedSet);
        return [.. connection.GetRecurringJobs().Where(stored => !stored.Removed).OrderBy(stored => stored.Id, StringComparer.Ordinal).Select(stored =>
        {
            var job = jobs.FirstOrDefault(j => j.Name == stored.Id);
            var isPaused = paused.Contains(stored.Id);
            var next = isPaused || stored.NextExecution is not { } at ? (DateTimeOffset?)null : new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc));
            return new ScheduledJob(stored.Id, job?.Description ?? "", job?.Cron ?? stored.Cron, next, isPaused);
        })];
    }

    internal void Pause(JobDefinition job, bool isPaused)
    {
        using var connection = store.GetConnection();
        using (var transaction = connection.CreateWriteTransaction())
        {
            if (isPaused)
                transaction.AddToSet(PausedSet, job.Name);
            else
                transaction.RemoveFromSet(PausedSet, job.Name);
            transaction.Commit();
        }
        Write(job, isPaused);
    }

    private void Write(JobDefinition job, bool isPaused) => _manager.AddOrUpdate(job.Name, RunOf(job), isPaused ? Cron.Never() : job.Cron, Options);
}
