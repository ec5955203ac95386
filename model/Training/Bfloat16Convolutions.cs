using System.Diagnostics;
using ConvLstm.Nowcast.Model.Layers;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>
/// The convolutions of the ConvLSTM cells of a network in bfloat16 as long as this lives; weights, states, gates and the loss stay in
/// float32 (Micikevicius et al. 2018, "Mixed precision training"; bfloat16 has the exponents of float32, so that no loss needs scaling).
/// </summary>
internal sealed class Bfloat16Convolutions : IDisposable
{
    private const int Runs = 10;

    private readonly List<ConvLstmCell> _cells;

    internal Bfloat16Convolutions(nn.Module network, bool on)
    {
        _cells = [.. network.modules().Append(network).OfType<ConvLstmCell>().Distinct()];
        Set(on);
    }

    /// <summary>
    /// Whether convolutions of such a size are faster so on this device, measured: on GPUs with tensor cores they are. On the CPU
    /// Winograd's convolutions in float32 make a quarter of the products, which is more than instructions for bfloat16 save.
    /// </summary>
    internal static bool Gain(Device device)
    {
        if (device.type != DeviceType.CUDA)
            return false;
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var (images, weight) = (rand([8, 64, 64, 64], device: device), rand([256, 64, 3, 3], device: device));
        return Seconds(images.to_type(bfloat16), weight.to_type(bfloat16)) < Seconds(images, weight);
    }

    public void Dispose() => Set(false);

    private static double Seconds(Tensor images, Tensor weight)
    {
        // The first call chooses an algorithm.
        nn.functional.conv2d(images, weight, padding: [1, 1]);
        cuda.synchronize(images.device);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Runs; i++)
            nn.functional.conv2d(images, weight, padding: [1, 1]);
        cuda.synchronize(images.device);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private void Set(bool on) => _cells.ForEach(cell => cell.LowPrecision = on);
}
