using ConvLstm.Nowcast.Jobs.Pipeline;
using ConvLstm.Nowcast.Jobs.Schedule;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Work;

/// <summary>Scores the maps whose scans have come in since.</summary>
internal sealed class VerifyJob(NowcastDatabase database, VerifySettings settings) : IJob
{
    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancellation)
    {
        var since = context.Time.GetUtcNow() - TimeSpan.FromDays(settings.Days);
        // Away from the engine's thread: scoring is arithmetic.
        var scored = await Task.Run(() => new VerificationPass(database).RunAsync(since, cancellation), cancellation);
        return new($"{scored} maps scored", $$"""{"maps": {{scored}}}""");
    }
}
