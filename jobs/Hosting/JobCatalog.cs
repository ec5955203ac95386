using ConvLstm.Nowcast.Jobs.Ingest;
using ConvLstm.Nowcast.Jobs.Nowcasts;
using ConvLstm.Nowcast.Jobs.Retention;
using ConvLstm.Nowcast.Jobs.Retraining;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Verification;
using ConvLstm.Nowcast.Jobs.Watchdog;
using Hangfire.Common;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>The jobs of the service and when they are due, from its settings.</summary>
internal static class JobCatalog
{
    internal static IReadOnlyList<DueJob> Of(NowcastSettings settings)
    {
        var jobs = settings.Jobs;
        var all = new List<DueJob>
        {
            new(NowcastJob.Name, jobs.Nowcast.Cron, Job.FromExpression<NowcastJob>(job => job.RunAsync(null!, CancellationToken.None))),
            new(VerifyJob.Name, jobs.Verify.Cron, Job.FromExpression<VerifyJob>(job => job.RunAsync(null!, CancellationToken.None))),
            new(RetrainJob.Name, jobs.Retrain.Cron, Job.FromExpression<RetrainJob>(job => job.RunAsync(null!, CancellationToken.None))),
            new(RetentionJob.Name, jobs.Retention.Cron,
                Job.FromExpression<RetentionJob>(job => job.RunAsync(null!, CancellationToken.None))),
            new(WatchdogJob.Name, jobs.Watchdog.Cron, Job.FromExpression<WatchdogJob>(job => job.RunAsync(null!, CancellationToken.None))),
        };
        if (!string.IsNullOrEmpty(settings.Feed))
            all.Insert(0, new(IngestJob.Name, jobs.Ingest.Cron,
                Job.FromExpression<IngestJob>(job => job.RunAsync(null!, CancellationToken.None))));
        return all;
    }
}
