using ConvLstm.Nowcast.Jobs.Heavy;

namespace ConvLstm.Nowcast.Jobs.Work;

/// <summary>The work that is done in a process of its own, by name.</summary>
internal static class HeavyWorks
{
    internal static IReadOnlyDictionary<string, Func<HeavyContext, CancellationToken, Task<HeavyMessage>>> All { get; } =
        new Dictionary<string, Func<HeavyContext, CancellationToken, Task<HeavyMessage>>>
        {
            [NowcastWork.Name] = NowcastWork.RunAsync,
            [RetrainWork.Name] = RetrainWork.RunAsync,
        };
}
