using ConvLstm.Nowcast.Jobs.Schedule;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Work;

/// <summary>Drops days that are old, and the history of jobs. Scores and the rows of the runs stay.</summary>
internal sealed class RetentionJob(NowcastDatabase database, RetentionSettings settings) : IJob
{
    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancellation)
    {
        var now = context.Time.GetUtcNow();
        var day = DateOnly.FromDateTime((now - TimeSpan.FromDays(settings.Days)).UtcDateTime);
        var dropped = await database.DropDaysBeforeAsync(day, cancellation);
        var forgotten = await database.Jobs.ForgetBeforeAsync(now - TimeSpan.FromDays(settings.HistoryDays), cancellation);
        return new(
            $"{dropped} partitions of days before {day:yyyy-MM-dd} dropped, {forgotten} runs of jobs forgotten",
            $$"""{"partitions": {{dropped}}, "history": {{forgotten}}}""");
    }
}
