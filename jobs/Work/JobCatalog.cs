using ConvLstm.Nowcast.Jobs.Schedule;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Work;

/// <summary>The jobs of the service, from its settings.</summary>
internal static class JobCatalog
{
    internal const string Ingest = "ingest";
    internal const string Nowcast = "nowcast";
    internal const string Verify = "verify";
    internal const string Retrain = "retrain";
    internal const string Retention = "retention";
    internal const string Watchdog = "watchdog";

    /// <param name="settings">When, and how.</param>
    /// <param name="database">What they work on.</param>
    /// <param name="kept">Processes that stay between runs; null starts them for each.</param>
    internal static IReadOnlyList<JobDefinition> Of(NowcastSettings settings, NowcastDatabase database, KeptProcesses? kept = null)
    {
        var jobs = settings.Jobs;
        var soon = new Retries(3, TimeSpan.FromSeconds(10));
        var later = new Retries(2, TimeSpan.FromMinutes(5));
        var all = new List<JobDefinition>
        {
            new(Nowcast, "Forecasts from the newest scans and publishes.", Roles.Forecast, jobs.Nowcast.Cron, soon,
                () => new NowcastJob(database, jobs.Nowcast, settings.Model, settings.Lead, kept?.Forecasting)),
            new(Verify, "Scores forecasts whose scans have come in since.", Roles.Scheduler, jobs.Verify.Cron, soon, () => new VerifyJob(database, jobs.Verify)),
            new(Retrain, "Trains on the newest scans and promotes what is better.", Roles.Train, jobs.Retrain.Cron, later,
                () => new RetrainJob(database, jobs.Retrain, settings.Lead)),
            new(Retention, "Drops days, and history, that are old.", Roles.Scheduler, jobs.Retention.Cron, later, () => new RetentionJob(database, jobs.Retention)),
            new(Watchdog, "Reports feeds that have gone quiet, and runs whose server died.", Roles.Scheduler, jobs.Watchdog.Cron, Retries.None,
                () => new WatchdogJob(database, jobs.Watchdog)),
        };
        if (!string.IsNullOrEmpty(settings.Feed))
        {
            all.Insert(0, new(Ingest, "Takes what has arrived in the feed folder.", Roles.Ingest, jobs.Ingest.Cron, soon,
                () => new IngestJob(database, settings.Feed, jobs.Nowcast.OnNewScan, kept?.Decoders)));
        }
        return all;
    }
}
