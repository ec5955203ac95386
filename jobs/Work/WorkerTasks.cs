using ConvLstm.Nowcast.Jobs.Heavy;

namespace ConvLstm.Nowcast.Jobs.Work;

/// <summary>The work that is done in a process of its own, by name.</summary>
internal static class HeavyWorks
{
    /// <summary>For one process.</summary>
    internal static IReadOnlyDictionary<string, HeavyWork> All() => new Dictionary<string, HeavyWork>
    {
        [NowcastWork.Name] = new NowcastWork().RunAsync,
        [RetrainWork.Name] = RetrainWork.RunAsync,
    };
}
