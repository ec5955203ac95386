using System.Globalization;
using System.Runtime.Intrinsics;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model;

namespace ConvLstm.Nowcast.Bench.ConvLstm;

/// <summary>
/// Training steps and forecasts of encoder-forecasters on three sides in turn: ours, the usual ConvLSTM in TorchSharp's operators on the
/// same libtorch, and the usual one in PyTorch as the distribution has it. The same weights, data and threads; before anything is timed
/// the forecasts of both must equal ours.
/// </summary>
internal static class ConvLstmBenchmark
{
    private const double Equal = 1e-4;

    // Against TorchSharp's operators.
    private static readonly double TrainingAim = Vector512.IsHardwareAccelerated ? 3 : 2.8;
    private static readonly double ForecastAim = Vector512.IsHardwareAccelerated ? 3.5 : 2.8;

    internal static IReadOnlyList<BenchmarkRow> Run(BenchmarkOptions options)
    {
        var device = Devices.Named(options.Device);
        using var python = new PythonPeer("convlstm/convlstm_peer.py", get_num_threads().ToString(CultureInfo.InvariantCulture),
            options.Device);
        var rows = new List<BenchmarkRow>();
        foreach (var which in ConvLstmCase.All)
        {
            using var ours = new OurSide(which, device);
            using var usual = new TorchSharpSide(which, ours);
            Check(which, "TorchSharp's operators", usual.Difference(ours));
            Load(python, ours, which);
            Compare("forecast", which, ours.Forecast, usual.Forecast, ForecastAim);
            if (which.Trains)
                Compare("train", which, ours.Train, usual.Train, TrainingAim);
        }
        return rows;

        void Compare(string what, ConvLstmCase which, Func<int, Measured> ours, Func<int, Measured> usual, double aim)
        {
            var name = $"{what} {which.Name}";
            var sides = Rounds.Alternate(
                options.Rounds, () => ours(which.Repeat), () => usual(which.Repeat),
                () => Measured.From(python.Ask(new { @do = what, repeat = which.Repeat })));
            rows.Add(Row($"{name}: processor, TorchSharp's operators", sides[0], sides[1], m => m.Processor, aim));
            rows.Add(Row($"{name}: wall, TorchSharp's operators", sides[0], sides[1], m => m.Wall, null));
            rows.Add(Row($"{name}: processor, PyTorch", sides[0], sides[2], m => m.Processor, null));
            rows.Add(Row($"{name}: wall, PyTorch", sides[0], sides[2], m => m.Wall, null));
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                    $"{name}: processor {Best(sides[0]):0.000} s, TorchSharp's operators {Best(sides[1]):0.000} s, PyTorch "
                        + $"{Best(sides[2]):0.000} s at best"));
        }
    }

    private static double Best(Measured[] rounds) => rounds.Min(m => m.Processor);

    private static BenchmarkRow Row(string what, Measured[] ours, Measured[] peer, Func<Measured, double> of, double? aim)
    {
        var ratios = ours.Zip(peer, (a, b) => of(b) / of(a)).ToList();
        return new(what, Rounds.Median(ours.Select(of)), Rounds.Median(peer.Select(of)), "s", Rounds.Median(ratios), ratios.Min(),
            ratios.Max(), aim);
    }

    private static void Load(PythonPeer python, OurSide ours, ConvLstmCase which)
    {
        var file = Path.Combine(Path.GetTempPath(), $"nowcast-bench-{Environment.ProcessId}.safetensors");
        try
        {
            ours.Write(file);
            var answer = python.Ask(new { @do = "load", file, patch = which.Network.Patch, multiscale = which.IsMultiScale });
            Check(which, $"PyTorch {answer["version"]}", (double)answer["difference"]!);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Check(ConvLstmCase which, string peer, double difference)
    {
        Console.Error.WriteLine($"{which.Name}: forecasts differ by {difference:0.0e0} from {peer}");
        if (!(difference < Equal))
            throw new ReportedException($"{peer} does not compute the same forecast: it differs by {difference}.");
    }
}
