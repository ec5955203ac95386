using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;
using Hangfire;
using Hangfire.Server;

namespace ConvLstm.Nowcast.Jobs.Verification;

/// <summary>Scores the maps whose scans have come in since.</summary>
[Queue(Roles.Scheduler), AutomaticRetry(Attempts = 3, DelaysInSeconds = new[] { 10, 20, 40 }, LogEvents = false)]
internal sealed class VerifyJob(NowcastDatabase database, NowcastSettings settings)
{
    internal const string Name = "verify";

    [JobDisplayName(Name)]
    public Task<string> RunAsync(PerformContext context, CancellationToken cancellation) =>
        RunningJob.RunAsync(context, async (run, stop) =>
    {
        var since = run.Time.GetUtcNow() - TimeSpan.FromDays(settings.Jobs.Verify.Days);
        var scored = await new VerificationPass(database).RunAsync(since, stop);
        run.DetailsJson = $$"""{"maps": {{scored}}}""";
        return $"{scored} maps scored";
    }, cancellation);
}
