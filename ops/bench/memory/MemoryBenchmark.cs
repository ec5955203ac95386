using System.Diagnostics;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Kernels;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Bench.Memory;

/// <summary>Whether training holds its memory: a tiny network over many steps, a larger one over 200.</summary>
internal static class MemoryBenchmark
{
    private const int Steps = 10_000, Early = 1_000, LargeSteps = 200, LargeEarly = 10;

    internal static IReadOnlyList<BenchmarkRow> Run(BenchmarkOptions options)
    {
        var (early, late) = Resident(new() { Hidden = [4], Patch = 1 }, 1, 12, Early, Steps);
        var (peakEarly, peakLate) = Peak(new() { Hidden = [24, 24], Patch = 2 }, 2, 64, LargeEarly, LargeSteps);
        return
        [
            new($"resident memory after {Early:N0} steps", early / 1e6, null, "MB"),
            new($"resident memory after {Steps:N0} steps, against that", late / 1e6, early / 1e6, "MB", early / late, early / late,
                early / late, 0.98),
            new($"most resident memory after {LargeEarly} steps", peakEarly / 1e6, null, "MB"),
            new($"most resident memory after {LargeSteps} steps, against that", peakLate / 1e6, peakEarly / 1e6, "MB", peakEarly / peakLate,
                peakEarly / peakLate, peakEarly / peakLate, 1),
        ];
    }

    private static (double Early, double Late) Resident(NetworkOptions network, int batch, int side, int early, int steps)
    {
        var first = 0.0;
        Train(network, batch, side, steps, step => first = step == early ? ResidentBytes() : first);
        return (first, ResidentBytes());
    }

    private static (double Early, double Late) Peak(NetworkOptions network, int batch, int side, int early, int steps)
    {
        TensorHeap.Release();
        ForgetPeak();
        var first = 0.0;
        Train(network, batch, side, steps, step => first = step == early ? PeakBytes() : first);
        return (first, PeakBytes());
    }

    private static void Train(NetworkOptions options, int batch, int side, int steps, Action<int> after)
    {
        using var scope = NewDisposeScope();
        using var network = NetworkRegistry.Create(options);
        using var optimizer = optim.Adam(network.parameters(), 1e-3);
        for (var step = 1; step <= steps; step++)
        {
            using (NewDisposeScope())
            {
                optimizer.zero_grad();
                var data = rand([batch, 6, side, side, 2]);
                var loss = nn.functional.mse_loss(network.call(data.narrow(1, 0, 3), LeadTimes.Every(3, 5)),
                    data.narrow(1, 3, 3).narrow(4, 0, 1));
                Backpropagation.Run(loss);
                nn.utils.clip_grad_norm_(network.parameters(), 1.0);
                optimizer.step();
            }
            after(step);
        }
    }

    /// <summary>
    /// The most that was resident from here on: https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html, value 5.
    /// </summary>
    private static void ForgetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    private static double PeakBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private static double ResidentBytes()
    {
        // What the runtime has not collected yet is no leak.
        GC.WaitForPendingFinalizers();
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
