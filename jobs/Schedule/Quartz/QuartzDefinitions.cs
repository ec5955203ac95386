using System.Globalization;
using Quartz;

namespace ConvLstm.Nowcast.Jobs.Schedule.Quartz;

/// <summary>
/// Writes the jobs down in the engine's store. One that stands there as it should is left alone, so that what was missed while no server
/// was there is known, and what was paused stays so.
/// </summary>
internal static class QuartzDefinitions
{
    /// <summary>The group of the triggers with times.</summary>
    internal const string Regular = "regular";

    /// <summary>The group of the triggers that fire once, because a person or a job asked.</summary>
    internal const string Once = "once";

    private const string CronKey = "cron";
    private const string FingerprintKey = "definition";

    internal static TriggerKey KeyOf(string job) => new(job, Regular);

    /// <summary>As the definition has it; the engine's own has other fields.</summary>
    internal static string CronOf(ITrigger trigger) => trigger.JobDataMap.TryGetValue(CronKey, out var cron) ? (string)cron! : "";

    internal static async Task WriteAsync(IScheduler scheduler, IReadOnlyList<JobDefinition> jobs, TimeProvider time, CancellationToken cancellation)
    {
        foreach (var job in jobs)
            await WriteAsync(scheduler, job, time, cancellation);
        foreach (var stored in (await scheduler.QueryJobs(new JobQuery(), cancellation)).Items)
        {
            if (!jobs.Any(j => j.Name == stored.Key.Name))
                await scheduler.DeleteJob(stored.Key, cancellation);
        }
    }

    private static async Task WriteAsync(IScheduler scheduler, JobDefinition job, TimeProvider time, CancellationToken cancellation)
    {
        var known = await scheduler.GetTrigger(KeyOf(job.Name), cancellation);
        if (known is not null && known.JobDataMap.TryGetValue(FingerprintKey, out var fingerprint) && (string)fingerprint! == Fingerprint(job))
            return;
        var isPaused = known is not null && await scheduler.GetTriggerState(known.Key, cancellation) == TriggerState.Paused;
        var detail = JobBuilder.Create<QuartzJob>().WithIdentity(new JobKey(job.Name)).WithDescription(job.Description)
            .RequestRecovery(true).StoreDurably(true).Build();
        await scheduler.ScheduleJob(detail, [Trigger(job, time)], new ScheduleJobOptions { Replace = true, Paused = isPaused }, cancellation);
    }

    private static ITrigger Trigger(JobDefinition job, TimeProvider time)
    {
        var builder = TriggerBuilder.Create(time).WithIdentity(KeyOf(job.Name)).ForJob(new JobKey(job.Name)).WithDescription(job.Description)
            .WithExecutionGroup(job.Role)
            .UsingJobData(CronKey, job.Cron).UsingJobData(FingerprintKey, Fingerprint(job))
            .WithSchedule(CronScheduleBuilder.Create(job.Cron, CronFormat.Unix).InTimeZone(TimeZoneInfo.Utc)
                .WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed));
        if (job.Retries.Attempts > 0)
            builder = builder.WithRetryPolicy(RetryPolicy.Exponential(job.Retries.Attempts, job.Retries.FirstWait, 2, null));
        return builder.Build();
    }

    private static string Fingerprint(JobDefinition job) =>
        string.Create(CultureInfo.InvariantCulture, $"1 {job.Cron} {job.Role} {job.Retries.Attempts} {job.Retries.FirstWait.TotalSeconds} {job.Description}");
}
