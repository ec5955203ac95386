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
        var rows = new List<BenchmarkRow>();
        var work = new List<(string What, double Operations, double Ours, double Peer)>();
        var peak = ConvolutionPeak.Measure(device);
        foreach (var which in ConvLstmCase.All)
        {
            using var ours = new OurSide(which, device);
            Load(peer, ours, which);
            Compare("forecast", which, ours.Forecast, ForecastAim, 1);
            if (which.Trains)
                Compare("train", which, ours.Train, TrainingAim, 3);
            // The best of the whole run, as other load on the machine comes and goes.
            peak = Math.Max(peak, ConvolutionPeak.Measure(device));
        }
        rows.AddRange(work.Select(w => new BenchmarkRow(
            $"{w.What}: share of the convolution peak, best round", w.Operations / w.Ours / peak, w.Operations / w.Peer / peak, "1", w.Peer / w.Ours)));
        rows.Add(new("convolution peak of libtorch", peak / 1e9, null, "GFLOP/s"));
        return rows;

        void Compare(string what, ConvLstmCase which, Func<int, double> ours, double aim, int passes)
        {
            var name = $"{what} {which.Name}";
            var (a, b) = Rounds.Alternate(
                options.Rounds, () => ours(which.Repeat), () => (double)peer.Ask(new { @do = what, repeat = which.Repeat })["seconds"]!);
            var ratios = a.Zip(b, (x, y) => y / x).ToList();
            rows.Add(new(name, Rounds.Median(a), Rounds.Median(b), "s", Rounds.Median(ratios), ratios.Min(), ratios.Max(), aim));
            work.Add((name, passes * which.Operations(), a.Min(), b.Min()));
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {Rounds.Median(a):0.000} s against {Rounds.Median(b):0.000} s"));
        }
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
}
