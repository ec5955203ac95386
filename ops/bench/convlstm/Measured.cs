using System.Diagnostics;
using System.Text.Json.Nodes;

namespace ConvLstm.Nowcast.Bench.ConvLstm;

/// <summary>What a piece of work took, in seconds.</summary>
/// <param name="Processor">Of all threads together: what other programs on the machine disturb least.</param>
/// <param name="Wall">From start to end.</param>
internal readonly record struct Measured(double Processor, double Wall)
{
    /// <summary>The mean of some runs in this process.</summary>
    internal static Measured Of(int repeat, Device device, Action work)
    {
        Wait.For(device);
        var (processor, start) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        for (var i = 0; i < repeat; i++)
        {
            using var scope = NewDisposeScope();
            work();
        }
        Wait.For(device);
        return new((Environment.CpuUsage.TotalTime - processor).TotalSeconds / repeat,
            Stopwatch.GetElapsedTime(start).TotalSeconds / repeat);
    }

    /// <summary>What the Python peer answers.</summary>
    internal static Measured From(JsonNode answer) => new((double)answer["processor"]!, (double)answer["seconds"]!);
}
