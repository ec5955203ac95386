using System.Diagnostics;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// The forecast of a network that is asked for one shape again and again: on a GPU as a CUDA graph where that is faster and
/// gives the same, else as it is.
/// </summary>
/// <param name="network">In evaluation, on the device of its input; it must not move while this lives.</param>
/// <param name="leads">Which frames to predict.</param>
public sealed class RecordedForecast(RainNetwork network, LeadTimes leads) : IDisposable
{
    private const int Runs = 5;
    private const double Same = 1e-4;

    private CudaGraph? graph;
    private long[]? shape;

    /// <summary>Why the last shape is not replayed from a graph; null where it is.</summary>
    public string? PlainBecause { get; private set; } = "nothing was forecast yet";

    /// <param name="past">(batch, time, height, width, 2).</param>
    public Tensor Call(Tensor past)
    {
        ArgumentNullException.ThrowIfNull(past);
        using var gradients = no_grad();
        if (shape is null || !shape.SequenceEqual(past.shape))
            Prepare(past);
        return graph is null ? network.call(past, leads) : graph.Replay(past);
    }

    public void Dispose() => graph?.Dispose();

    private void Prepare(Tensor past)
    {
        graph?.Dispose();
        (graph, shape) = (null, past.shape);
        PlainBecause = past.device_type != DeviceType.CUDA ? $"the forecast is made on {past.device}"
            : !CudaGraph.IsAvailable ? "this build has no CUDA graphs"
            : Record(past);
    }

    private string? Record(Tensor past)
    {
        try
        {
            graph = new CudaGraph(input => network.call(input, leads), past);
        }
        catch (Exception e) when (TorchErrors.IsTorch(e))
        {
            return $"it cannot be recorded: {e.Message.Split('\n')[0]}";
        }
        using var scope = NewDisposeScope();
        var difference = (graph.Replay(past) - network.call(past, leads)).abs().max().item<float>();
        var (plain, replayed) = (Seconds(past, () => network.call(past, leads)), Seconds(past, () => graph.Replay(past)));
        if (difference <= Same && replayed < plain)
            return null;
        graph.Dispose();
        graph = null;
        return difference > Same ? $"its graph differs by {difference}" : $"its graph takes {replayed / plain:0.00} of the time";
    }

    private static double Seconds(Tensor past, Func<Tensor> forecast)
    {
        cuda.synchronize(past.device);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Runs; i++)
            forecast().Dispose();
        cuda.synchronize(past.device);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
