using ConvLstm.Nowcast.Jobs.Monitoring;
using ConvLstm.Nowcast.Jobs.Schedule;
using ConvLstm.Nowcast.Jobs.Work;

namespace ConvLstm.Nowcast.Jobs.Service;

/// <summary>What comes before the first run, when the metrics are listened to: the jobs are written down where this server has the role for it, and the processes that stay are made ready.</summary>
internal sealed class ScheduleStart(ServiceOptions options, JobSchedule schedule, KeptProcesses? kept = null) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        JobMetrics.Declare(options.Jobs.Select(job => job.Name));
        FeedMetrics.Declare();
        if (options.Roles.Contains(Roles.Scheduler))
            await Task.Run(() => schedule.Write(options.Jobs), cancellationToken);
        kept?.Prepare();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
