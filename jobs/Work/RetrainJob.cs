using ConvLstm.Nowcast.Jobs.Heavy;
using ConvLstm.Nowcast.Jobs.Schedule;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Work;

/// <summary>Trains on the newest scans, in a process of its own that lets others go first.</summary>
internal sealed class RetrainJob(NowcastDatabase database, RetrainSettings settings, TimeSpan lead) : IJob
{
    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancellation)
    {
        var request = HeavyRequest.Of(
            RetrainWork.Name, database.ConnectionString, context.Time.GetUtcNow(), settings.MemoryMB, new RetrainWorkOptions(settings, lead));
        var result = await HeavyProcess.RunAsync(request, isPatient: true, Hear, cancellation);
        return new(result.Text, result.Data?.GetRawText());

        void Hear(HeavyMessage message)
        {
            if (message.Kind == HeavyMessage.Of.Progress)
                context.Report(message.Fraction, message.Text);
            else
                context.Log(message.Text);
        }
    }
}
