using Hangfire;

namespace ConvLstm.Nowcast.Jobs.Retention;

/// <summary>Failed jobs stay in the engine's store for ever, as it waits for a person; all others go by themselves.</summary>
internal static class FailedJobs
{
    private const int Page = 500;

    /// <summary>Lets those go that failed before a time, UTC. Returns how many.</summary>
    internal static int ForgetBefore(JobStorage store, DateTime before, CancellationToken cancellation)
    {
        var monitoring = store.GetMonitoringApi();
        var old = new List<string>();
        for (var from = 0; monitoring.FailedJobs(from, Page) is { Count: > 0 } failed; from += Page)
        {
            cancellation.ThrowIfCancellationRequested();
            old.AddRange(failed.Where(job => job.Value?.FailedAt is not { } at || at < before).Select(job => job.Key));
        }
        using var connection = store.GetConnection();
        using var transaction = connection.CreateWriteTransaction();
        foreach (var job in old)
            transaction.ExpireJob(job, TimeSpan.Zero);
        transaction.Commit();
        return old.Count;
    }
}
