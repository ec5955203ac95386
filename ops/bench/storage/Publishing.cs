using System.Diagnostics;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Bench.Storage;

/// <summary>Publishing a run, and loading the same one with raster2pgsql.</summary>
internal static class Publishing
{
    private const double Faster = 5, Seconds = 1.5;

    internal static async Task<IEnumerable<BenchmarkRow>> MeasureAsync(BenchmarkOptions options, NowcastDatabase database,
        IReadOnlyList<RainForecast> runs)
    {
        var grid = (await database.Grids.ListAsync(default))[0];
        var (ours, peer, plain) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round <= options.Rounds; round++)
        {
            var run = runs[round % runs.Count];
            using var load = new RasterLoad(database, run, grid.Srid, grid.TileSize);
            var start = Stopwatch.GetTimestamp();
            await database.Forecasts.PublishAsync(run.At(Archive.Start.AddDays(options.Days).AddMinutes(5 * round), "bench"), default);
            ours.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            peer.Add(await load.LoadAsync(RasterLoad.Manual));
            plain.Add(await load.LoadAsync(RasterLoad.Fastest));
            Console.Error.WriteLine(
                $"round {round}: publish {ours[^1]:0.000} s, raster2pgsql {peer[^1]:0.000} s and {plain[^1]:0.000} s; load "
                + $"{Machine.Load()}");
        }
        // The first of each is for warming up.
        ours.RemoveAt(0);
        peer.RemoveAt(0);
        plain.RemoveAt(0);
        return
        [
            Beside("publish a run; raster2pgsql -I -C -M (the manual's) | psql", ours, peer),
            Beside("publish a run; raster2pgsql -Y (COPY, no index, no constraints) | psql", ours, plain),
            StorageBenchmark.Limit("publish a run, limit 1.5 s", ours, "s", Seconds),
        ];
    }

    private static BenchmarkRow Beside(string what, List<double> ours, List<double> peer)
    {
        var ratios = ours.Zip(peer, (a, b) => b / a).ToList();
        return new(what, Rounds.Median(ours), Rounds.Median(peer), "s", Rounds.Median(ratios), ratios.Min(), ratios.Max(), Faster);
    }
}
