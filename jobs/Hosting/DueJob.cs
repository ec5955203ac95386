using Hangfire.Common;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>A job of the schedule.</summary>
/// <param name="Name">One word; its runs are in the history under it.</param>
/// <param name="Cron">When, in UTC: minute, hour, day of month, month, day of week, as in crontab(5).</param>
/// <param name="Job">The call.</param>
internal sealed record DueJob(string Name, string Cron, Job Job);
