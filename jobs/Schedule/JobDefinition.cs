namespace ConvLstm.Nowcast.Jobs.Schedule;

/// <summary>How often a failed job is tried again, and after how long; the wait doubles each time.</summary>
internal sealed record Retries(int Attempts, TimeSpan FirstWait)
{
    internal static Retries None { get; } = new(0, TimeSpan.Zero);
}

/// <summary>A job of the schedule.</summary>
/// <param name="Name">One word; its runs are in the history under it.</param>
/// <param name="Description">A sentence for the dashboard.</param>
/// <param name="Role">Which servers run it.</param>
/// <param name="Cron">When, in UTC: minute, hour, day of month, month, day of week, as in crontab(5).</param>
/// <param name="Retries">What happens when it fails.</param>
/// <param name="Make">Makes the job for one run.</param>
internal sealed record JobDefinition(string Name, string Description, string Role, string Cron, Retries Retries, Func<IJob> Make);
