using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model;

namespace ConvLstm.Nowcast.Bench.ConvLstm;

/// <summary>
/// Training steps and forecasts of encoder-forecasters beside the same in eager PyTorch: the same weights, data,
/// threads and libtorch, in turn. Before anything is timed the peer's forecast must equal ours.
/// </summary>
internal static class ConvLstmBenchmark
{
    private const double TrainingAim = 1.5, ForecastAim = 2, Equal = 1e-4;

    internal static IReadOnlyList<BenchmarkRow> Run(BenchmarkOptions options)
    {
        var device = Devices.Named(options.Device);
        using var peer = new PythonPeer("convlstm/convlstm_peer.py", get_num_threads().ToString(CultureInfo.InvariantCulture), options.Device);
        var peak = ConvolutionPeak.Measure(device);
        var rows = new List<BenchmarkRow>();
        foreach (var which in ConvLstmCase.All)
        {
            using var ours = new OurSide(which, device);
            Load(peer, ours, which);
            rows.AddRange(Rows(options, peer, which, "forecast", ours.Forecast, ForecastAim, which.Operations() / peak));
            if (which.Trains)
                rows.AddRange(Rows(options, peer, which, "train", ours.Train, TrainingAim, 3 * which.Operations() / peak));
        }
        rows.Add(new("convolution peak", Math.Max(peak, ConvolutionPeak.Measure(device)) / 1e9, null, "GFLOP/s"));
        return rows;
    }

    private static void Load(PythonPeer peer, OurSide ours, ConvLstmCase which)
    {
        var file = Path.Combine(Path.GetTempPath(), $"nowcast-bench-{Environment.ProcessId}.safetensors");
        try
        {
            ours.Write(file);
            var answer = peer.Ask(new { @do = "load", file, patch = which.Network.Patch, multiscale = which.IsMultiScale });
            var difference = (double)answer["difference"]!;
            Console.Error.WriteLine($"{which.Name}: forecasts differ by {difference:0.0e0} from PyTorch {answer["version"]}");
            if (difference > Equal)
                throw new ReportedException($"The peer does not compute the same forecast: it differs by {difference}.");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static IEnumerable<BenchmarkRow> Rows(
        BenchmarkOptions options, PythonPeer peer, ConvLstmCase which, string what, Func<int, double> ours, double aim, double atPeak)
    {
        var (a, b) = Rounds.Alternate(
            options.Rounds, () => ours(which.Repeat), () => (double)peer.Ask(new { @do = what, repeat = which.Repeat })["seconds"]!);
        var ratios = a.Zip(b, (x, y) => y / x).ToList();
        Console.Error.WriteLine($"{what} {which.Name}: best {a.Min():0.000} s beside {b.Min():0.000} s, ratio of the best {b.Min() / a.Min():0.00}");
        yield return new($"{what} {which.Name}", Rounds.Median(a), Rounds.Median(b), "s", Rounds.Median(ratios), ratios.Min(), ratios.Max(), aim);
        yield return new($"{what} {which.Name}: share of convolution peak, best round", atPeak / a.Min(), atPeak / b.Min(), "1", b.Min() / a.Min());
    }
}
