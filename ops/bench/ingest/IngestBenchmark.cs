using System.Diagnostics;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Bench.Ingest;

/// <summary>
/// Radar files as their services publish them to mm/h arrays, beside netCDF4, h5py and numpy doing the same in one process.
/// Ours also says what the file holds, where and when. Before anything is timed both must give the same rain.
/// </summary>
internal static class IngestBenchmark
{
    private const double OneAim = 2, TwoAim = 3, Equal = 1e-4;

    // An archive is read in a tenth of a second, before the just-in-time compiler is done; a service reads for days.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    internal static IReadOnlyList<BenchmarkRow> Run(BenchmarkOptions options)
    {
        using var peer = new PythonPeer("ingest/ingest_peer.py");
        using var workers = new DecodingWorkers(2);
        var rows = new List<BenchmarkRow>();
        foreach (var archive in RadarArchives.All())
        {
            Check(peer, archive);
            (string What, double? Aim, Func<(double Seconds, double Processor)> Read)[] ways =
            [
                ("one process", OneAim, () => Decoding.Time(archive.Files, threads: 1)),
                ("two workers beside the peer's one process", TwoAim, () => workers.Time(archive.Files)),
                ("two threads of one process", null, () => Decoding.Time(archive.Files, threads: 2)),
            ];
            foreach (var (what, aim, read) in ways)
                rows.AddRange(Measure(options, peer, archive, what, aim, read));
        }
        return rows;
    }

    private static void Check(PythonPeer peer, RadarArchiveFiles archive)
    {
        var (sum, missing) = Decoding.Sum(archive.Files);
        var answer = peer.Ask(new { @do = "check", kind = archive.Kind, files = archive.Files });
        var (peerSum, peerMissing) = ((double)answer["sum"]!, (long)answer["missing"]!);
        Console.Error.WriteLine(
            $"{archive.Name}: {sum:0.0} and {peerSum:0.0} mm/h in all, {missing} and {peerMissing} pixels missing, {answer["version"]}");
        if (Math.Abs(sum - peerSum) > Equal * sum || missing != peerMissing)
            throw new ReportedException($"The peer does not read the same rain from {archive.Name}.");
    }

    private static IEnumerable<BenchmarkRow> Measure(
        BenchmarkOptions options, PythonPeer peer, RadarArchiveFiles archive, string way, double? aim,
            Func<(double Seconds, double Processor)> read)
    {
        var (ourProcessor, peerProcessor) = (new List<double>(), new List<double>());
        double Ours()
        {
            var (seconds, processor) = read();
            ourProcessor.Add(processor);
            return seconds;
        }
        double Peers()
        {
            var answer = peer.Ask(new { @do = "read", kind = archive.Kind, files = archive.Files });
            peerProcessor.Add((double)answer["processor"]!);
            return (double)answer["seconds"]!;
        }
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < WarmUp;)
        {
            Ours();
            Peers();
        }
        var (ours, peers) = Rounds.Alternate(options.Rounds, Ours, Peers);
        var ratios = ours.Zip(peers, (a, b) => b / a).ToList();
        var what = $"{archive.Name}, {way}";
        yield return new(what, archive.Files.Count / Rounds.Median(ours), archive.Files.Count / Rounds.Median(peers), "frames/s",
            Rounds.Median(ratios), ratios.Min(), ratios.Max(), aim);
        // Processor time tells more where other programs share the machine.
        var (a, b) = (1e3 * ourProcessor.Min() / archive.Files.Count, 1e3 * peerProcessor.Min() / archive.Files.Count);
        yield return new($"{what}: processor time, best round", a, b, "ms/frame", b / a);
    }
}
