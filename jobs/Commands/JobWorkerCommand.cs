using System.CommandLine;
using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Workers;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary>
/// <c>nowcast job-worker</c>, which <c>serve</c> starts itself: forecasts or trains, apart from the service, until it is ended or its
/// work fails.
/// </summary>
internal static class JobWorkerCommand
{
    internal static Command Create()
    {
        var command = new Command(WorkerProcess.Verb) { Hidden = true };
        command.SetAction(async (_, cancellation) =>
        {
            await WorkerHost.RunAsync(WorkerTasks.All(), cancellation);
            return CommandLine.Failed;
        });
        return command;
    }
}
