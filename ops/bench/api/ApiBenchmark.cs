using System.Diagnostics;
using System.Globalization;
using ConvLstm.Nowcast.Bench.Storage;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Projection;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Cluster;

namespace ConvLstm.Nowcast.Bench.Api;

/// <summary>
/// 200 connections that ask <c>nowcast serve</c> for the rain at places of a run of 512×512 pixels and 18 leads, without a
/// pause, while such runs are published; PostgreSQL, service, publisher and load generator share the machine. The
/// service's rate limit is on, and higher than what is asked for.
/// </summary>
internal static class ApiBenchmark
{
    private const int Readers = 200, Seconds = 15, WarmUpSeconds = 5;
    private const double PerSecond = 1500, P99Ms = 100;
    private static readonly TimeSpan BetweenRuns = TimeSpan.FromSeconds(2);
    private static readonly DateTimeOffset Start = new(2024, 7, 10, 12, 0, 0, TimeSpan.Zero);

    internal static async Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkOptions options)
    {
        // Not there yet: the cluster makes it for the ordinary user that it runs as.
        var folder = Path.Combine(Path.GetTempPath(), $"nowcast-bench-{Environment.ProcessId}");
        await using var database = await NowcastDatabase.OpenAsync(null, default, new ClusterOptions { Folder = folder });
        try
        {
            var runs = SimulatedRuns.Make(seeds: 1);
            await database.Forecasts.PublishAsync(runs[0].At(Start, "bench"), default);
            using var service = Serve(database);
            try
            {
                return await MeasureAsync(options, database, runs, await AddressAsync(service));
            }
            finally
            {
                service.Kill();
            }
        }
        finally
        {
            await database.Cluster!.StopAsync(default);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<BenchmarkRow>> MeasureAsync(
        BenchmarkOptions options, NowcastDatabase database, IReadOnlyList<RainForecast> runs, string address)
    {
        var box = Inside(runs[0].Grid);
        await Wrk.RunAsync(Readers, WarmUpSeconds, "api/points.lua", address, box);
        using var done = new CancellationTokenSource();
        var writer = PublishUntilAsync(database, runs, done.Token);
        var rounds = new List<WrkResult>();
        for (var round = 0; round < options.Rounds; round++)
        {
            rounds.Add(await Wrk.RunAsync(Readers, Seconds, "api/points.lua", address, box));
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"round {round}: {rounds[^1].PerSecond:0} a second, median {rounds[^1].MedianMs:0.0} ms, p99 {rounds[^1].P99Ms:0.0} ms, "
                + $"{rounds[^1].Errors} errors; load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}"));
        }
        await done.CancelAsync();
        Console.Error.WriteLine($"{await writer} runs were published meanwhile");
        List<double> perSecond = [.. rounds.Select(r => r.PerSecond)], p99 = [.. rounds.Select(r => r.P99Ms)];
        return
        [
            new($"point questions a second, {Readers} readers and a writer, aim {PerSecond}", Rounds.Median(perSecond), null, "1/s",
                Rounds.Median(perSecond) / PerSecond, perSecond.Min() / PerSecond, perSecond.Max() / PerSecond, 1),
            new($"p99 of an answer, limit {P99Ms} ms", Rounds.Median(p99), null, "ms", P99Ms / Rounds.Median(p99), P99Ms / p99.Max(),
                P99Ms / p99.Min(), 1),
            new("median of an answer", Rounds.Median(rounds.Select(r => r.MedianMs)), null, "ms"),
            new("answers that were errors, and connections that failed", rounds.Sum(r => r.Errors), null, ""),
        ];
    }

    private static async Task<int> PublishUntilAsync(NowcastDatabase database, IReadOnlyList<RainForecast> runs, CancellationToken done)
    {
        var published = 0;
        while (!done.IsCancellationRequested)
        {
            published++;
            await database.Forecasts.PublishAsync(runs[published % runs.Count].At(Start.AddMinutes(5 * published), "bench"), default);
            await Task.Delay(BetweenRuns, done).ContinueWith(_ => { }, TaskScheduler.Default);
        }
        return published;
    }

    private static Process Serve(NowcastDatabase database)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "nowcast"), ["serve", "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["NOWCAST_DB"] = database.ConnectionString;
        start.Environment["NOWCAST_REQUESTSPERSECOND"] = "1000000";
        return Process.Start(start)!;
    }

    private static async Task<string> AddressAsync(Process service) =>
        await service.StandardOutput.ReadLineAsync() is { } line && line.StartsWith("serving at ", StringComparison.Ordinal)
            ? line.Split(' ')[2].TrimEnd(';')
            : throw new ReportedException("nowcast serve did not start; run it by hand to see why.");

    /// <summary>west, south, east, north of a box that lies in the grid as a whole.</summary>
    private static string[] Inside(RadarGrid grid)
    {
        using var locator = new GridLocator(grid);
        var corners = new[] { (0, 0), (grid.Width - 1, 0), (0, grid.Height - 1),
            (grid.Width - 1, grid.Height - 1) }.Select(c => locator.LonLat(c.Item1, c.Item2)).ToArray();
        // The upper and lower edges are bent: a tenth of the height stays out of it.
        var inset = (corners[0].Latitude - corners[2].Latitude) / 10;
        double[] box =
        [
            Math.Max(corners[0].Longitude, corners[2].Longitude), Math.Max(corners[2].Latitude, corners[3].Latitude) + inset,
            Math.Min(corners[1].Longitude, corners[3].Longitude), Math.Min(corners[0].Latitude, corners[1].Latitude) - inset,
        ];
        return [.. box.Select(degrees => degrees.ToString(CultureInfo.InvariantCulture))];
    }
}
