using ConvLstm.Nowcast.Jobs.Schedule;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Work;

/// <summary>Makes the days ahead; drops old days, after their scores were summed, and the history of jobs. The rows of the runs stay.</summary>
internal sealed class RetentionJob(NowcastDatabase database, RetentionSettings settings) : IJob
{
    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancellation)
    {
        var now = context.Time.GetUtcNow();
        var done = await database.Retention.RunAsync(new() { MapDays = (int)Math.Ceiling(settings.Days) }, cancellation);
        var forgotten = await database.Jobs.ForgetBeforeAsync(now - TimeSpan.FromDays(settings.HistoryDays), cancellation);
        return new(
            $"{done.PartitionsDropped} partitions of days over {settings.Days:0.#} days ago dropped, {done.PartitionsMade} made ahead, scores of {done.RunsSummed} runs summed, {forgotten} runs of jobs forgotten",
            $$"""{"partitions": {{done.PartitionsDropped}}, "made": {{done.PartitionsMade}}, "summed": {{done.RunsSummed}}, "history": {{forgotten}}}""");
    }
}
