using ConvLstm.Nowcast.Jobs.Nowcasts;
using ConvLstm.Nowcast.Jobs.Retraining;
using ConvLstm.Nowcast.Jobs.Workers;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>The work that is done in a process of its own, by name.</summary>
internal static class WorkerTasks
{
    /// <summary>For one process.</summary>
    internal static IReadOnlyDictionary<string, WorkerTask> All() => new Dictionary<string, WorkerTask>
    {
        [NowcastWork.Name] = new NowcastWork().RunAsync,
        [RetrainWork.Name] = RetrainWork.RunAsync,
    };
}
