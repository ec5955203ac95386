using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;
using Hangfire;
using Hangfire.Server;

namespace ConvLstm.Nowcast.Jobs.Retention;

/// <summary>
/// Makes the days ahead; drops old days, after their scores were summed, and the history of jobs. The rows of the runs stay.
/// </summary>
[Queue(Roles.Scheduler), AutomaticRetry(Attempts = 2, DelaysInSeconds = new[] { 300, 600 }, LogEvents = false)]
internal sealed class RetentionJob(NowcastDatabase database, NowcastSettings settings)
{
    internal const string Name = "retention";

    [JobDisplayName(Name)]
    public Task<string> RunAsync(PerformContext context, CancellationToken cancellation) =>
        RunningJob.RunAsync(context, async (run, stop) =>
    {
        var keep = settings.Jobs.Retention;
        var done = await database.Retention.RunAsync(new() { MapDays = (int)Math.Ceiling(keep.Days) }, stop);
        var before = run.Time.GetUtcNow() - keep.History;
        var forgotten = await database.Jobs.ForgetBeforeAsync(before, stop);
        var failures = FailedJobs.ForgetBefore(context.Storage, before.UtcDateTime, stop);
        run.DetailsJson = $$"""
            {"partitions": {{done.PartitionsDropped}}, "made": {{done.PartitionsMade}}, "summed": {{done.RunsSummed}},
             "history": {{forgotten}}, "failures": {{failures}}}
            """;
        return $"{done.PartitionsDropped} partitions of days over {keep.Days:0.#} days ago dropped, {done.PartitionsMade} made ahead, "
            + $"scores of {done.RunsSummed} runs summed, {forgotten} runs of jobs and {failures} failures forgotten";
    }, cancellation);
}
