using System.Diagnostics;

namespace ConvLstm.Nowcast.Bench.ConvLstm;

/// <summary>What the machine's convolutions reach at best.</summary>
internal static class ConvolutionPeak
{
    private const int Runs = 12;

    /// <summary>Floating-point operations per second: the best of several sizes of 3×3 convolutions, channels last, the best of several runs.</summary>
    internal static double Measure(Device device)
    {
        using var gradients = no_grad();
        return new[] { (8, 128, 256, 64), (8, 64, 256, 32), (2, 24, 96, 128) }
            .Max(size => Measure(device, size.Item1, size.Item2, size.Item3, size.Item4));
    }

    private static double Measure(Device device, int batch, int input, int output, int side)
    {
        using var scope = NewDisposeScope();
        var x = rand([batch, side, side, input]).to(device).permute(0, 3, 1, 2);
        var weight = rand([output, input, 3, 3]).to(device);
        var best = double.MaxValue;
        for (var i = 0; i < Runs; i++)
        {
            using var run = NewDisposeScope();
            Wait.For(device);
            var start = Stopwatch.GetTimestamp();
            nn.functional.conv2d(x, weight, padding: [1, 1]);
            Wait.For(device);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return 2.0 * batch * input * output * 9 * side * side / best;
    }
}
