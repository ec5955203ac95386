using ConvLstm.Nowcast.Ingest;
using Hangfire;
using Hangfire.Common;
using Hangfire.Storage;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>
/// The recurring jobs in the engine's store. One that stands there as it should keeps its next time, so that what was missed while no
/// server was there is made up for, once. The engine knows no pause: a paused job has a date that never comes, and stands in a set.
/// </summary>
internal sealed class JobSchedule(JobStorage store, IJobFilterProvider filters, TimeProvider time)
{
    private const string PausedSet = "nowcast:paused";

    private static readonly RecurringJobOptions Options = new()
    {
        TimeZone = TimeZoneInfo.Utc, MisfireHandling = MisfireHandlingMode.Relaxed,
    };

    private readonly RecurringJobManager _manager = new(store, filters, new DefaultTimeZoneResolver(), () => time.GetUtcNow().UtcDateTime);

    /// <summary>Writes the jobs down, and removes those that there are no more.</summary>
    internal void Write(IReadOnlyList<DueJob> jobs)
    {
        using var connection = store.GetConnection();
        var paused = connection.GetAllItemsFromSet(PausedSet);
        foreach (var job in jobs)
        {
            // What it shall be when it goes on again, also where a server without the role for it is asked.
            connection.SetRangeInHash(HashOf(job.Name), [new("Cron", job.Cron)]);
            _manager.AddOrUpdate(job.Name, job.Job, paused.Contains(job.Name) ? Cron.Never() : job.Cron, Options);
        }
        foreach (var stored in connection.GetRecurringJobs().Where(s => !jobs.Any(j => j.Name == s.Id)))
            _manager.RemoveIfExists(stored.Id);
    }

    /// <summary>The jobs that run only when they are asked to.</summary>
    internal IReadOnlyCollection<string> Paused()
    {
        using var connection = store.GetConnection();
        return connection.GetAllItemsFromSet(PausedSet);
    }

    /// <summary>From now on the job runs only when it is asked to.</summary>
    /// <exception cref="ReportedException">There is no such job.</exception>
    internal void Pause(string name) => Change(name, (transaction, _) =>
    {
        transaction.AddToSet(PausedSet, name);
        return Cron.Never();
    });

    /// <exception cref="ReportedException">There is no such job.</exception>
    internal void Resume(string name) => Change(name, (transaction, cron) =>
    {
        transaction.RemoveFromSet(PausedSet, name);
        return cron;
    });

    /// <summary>Lets a job run as soon as may be, on a server whose role it is; once where it waits already.</summary>
    /// <exception cref="ReportedException">There is no such job.</exception>
    internal void Trigger(string name)
    {
        using var connection = store.GetConnection();
        Known(connection, name);
        _manager.TriggerJob(name);
    }

    private void Change(string name, Func<IWriteOnlyTransaction, string, string> change)
    {
        using var connection = store.GetConnection();
        var job = Known(connection, name).Job
            ?? throw new ReportedException($"The job '{name}' is of another version of this program: give all servers the same.");
        using var transaction = connection.CreateWriteTransaction();
        var cron = change(transaction, connection.GetAllEntriesFromHash(HashOf(name))?.GetValueOrDefault("Cron") ?? Cron.Never());
        transaction.Commit();
        _manager.AddOrUpdate(name, job, cron, Options);
    }

    private static RecurringJobDto Known(IStorageConnection connection, string name) =>
        connection.GetRecurringJobs([name]) is [{ Removed: false } job] ? job
            : throw new ReportedException($"There is no job '{name}' in the schedule: /hangfire/recurring names those there are.");

    private static string HashOf(string name) => $"nowcast:recurring:{name}";
}
