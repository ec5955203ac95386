using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Workers;
using ConvLstm.Nowcast.Storage;
using Hangfire;
using Hangfire.Server;

namespace ConvLstm.Nowcast.Jobs.Retraining;

/// <summary>Trains on the newest scans, in a process of its own that lets others go first.</summary>
[Queue(Roles.Train), AutomaticRetry(Attempts = 2, DelaysInSeconds = new[] { 300, 600 }, LogEvents = false)]
internal sealed class RetrainJob(NowcastDatabase database, NowcastSettings settings)
{
    internal const string Name = "retrain";

    [JobDisplayName(Name)]
    public Task<string> RunAsync(PerformContext context, CancellationToken cancellation) =>
        RunningJob.RunAsync(context, async (run, stop) =>
    {
        var training = settings.Jobs.Retrain;
        var request = WorkerRequest.Of(
            RetrainWork.Name, database.ConnectionString, run.Time.GetUtcNow(), training.MemoryMB,
                new RetrainWorkOptions(training, settings.Lead));
        var result = await WorkerProcess.RunAsync(request, isPatient: true, OnMessage, stop);
        run.DetailsJson = result.Data?.GetRawText();
        return result.Text;

        void OnMessage(WorkerMessage message)
        {
            if (message.Kind == WorkerMessage.Of.Progress)
                run.Report(message.Fraction, message.Text);
            else
                run.Log(message.Text);
        }
    }, cancellation);
}
