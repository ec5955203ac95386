using System.Diagnostics;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Cluster;

namespace ConvLstm.Nowcast.Bench.Storage;

/// <summary>
/// A private cluster with some days of hourly runs of 512×512 pixels, 18 leads and 4 probabilities; then publishing beside
/// raster2pgsql, questions of 8 readers while a writer publishes, and dropping days. Where an aim is an absolute figure the
/// ratio is that figure by ours, so that 1 is the aim.
/// </summary>
internal static class StorageBenchmark
{
    private const int ReaderCount = 8, PointsEach = 100, AreasEach = 40, ClippedEach = 8;

    /// <summary>A radar sends a scan every five minutes; this is sixty times as often.</summary>
    private static readonly TimeSpan WriterPause = TimeSpan.FromSeconds(5);

    private const double PublishFaster = 5, PublishSeconds = 1.5, PointMs = 5, AreaMs = 25, DropMs = 200;

    /// <summary>Only puts the days in place, so that a run in the same folder starts to measure at once.</summary>
    internal static Task<IReadOnlyList<BenchmarkRow>> PrepareAsync(BenchmarkOptions options) => InPlaceAsync(options, async (database, _) => [.. await SizeAsync(database)]);

    internal static Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkOptions options) => InPlaceAsync(options, async (database, runs) =>
    [
        .. await SizeAsync(database),
        .. await PublishAsync(options, database, runs),
        .. await AskAsync(options, database, runs),
        await DropAsync(options, database),
    ]);

    private static async Task<IReadOnlyList<BenchmarkRow>> InPlaceAsync(
        BenchmarkOptions options, Func<NowcastDatabase, IReadOnlyList<RainForecast>, Task<IReadOnlyList<BenchmarkRow>>> measure)
    {
        var folder = options.Folder ?? Path.Combine(Path.GetTempPath(), $"nowcast-bench-{Environment.ProcessId}");
        await using var database = await NowcastDatabase.OpenAsync(null, default, new ClusterOptions { Folder = folder });
        try
        {
            var runs = SimulatedRuns.Make(seeds: 2);
            await Archive.FillAsync(database, runs, options.Days);
            await database.ExecuteFileAsync("storage/clipped_area.sql");
            return await measure(database, runs);
        }
        finally
        {
            await database.Cluster!.StopAsync(default);
            if (options.Folder is null)
                Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<IEnumerable<BenchmarkRow>> PublishAsync(BenchmarkOptions options, NowcastDatabase database, IReadOnlyList<RainForecast> runs)
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
        }
        // The first of each is for warming up.
        ours.RemoveAt(0);
        peer.RemoveAt(0);
        plain.RemoveAt(0);
        Note($"publish: best {ours.Min():0.000} s beside {peer.Min():0.000} s and {plain.Min():0.000} s");
        return
        [
            Beside("publish a run; raster2pgsql -I -C -M (the manual's) | psql", ours, peer),
            Beside("publish a run; raster2pgsql -Y (COPY, no index, no constraints) | psql", ours, plain),
            Limit("publish a run, limit 1.5 s", ours, "s", PublishSeconds),
        ];
    }

    private static async Task<IEnumerable<BenchmarkRow>> AskAsync(BenchmarkOptions options, NowcastDatabase database, IReadOnlyList<RainForecast> runs)
    {
        var questions = await Questions.DrawAsync(database, runs[0].Grid, options.Days);
        await using var readers = new Readers(database);
        var (points, areas, clipped, alone) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        await readers.AskAsync(questions.RainOver, ReaderCount, AreasEach, seed: 0);
        using var done = new CancellationTokenSource();
        var writer = PublishUntilAsync(options, database, runs, done.Token);
        for (var round = 1; round <= options.Rounds; round++)
        {
            points.Add(Readers.P95(await readers.AskAsync(questions.RainAt, ReaderCount, PointsEach, round)));
            areas.Add(Readers.P95(await readers.AskAsync(questions.RainOver, ReaderCount, AreasEach, round)));
            clipped.Add(Readers.P95(await readers.AskAsync(questions.ClippedArea, ReaderCount, ClippedEach, round)));
            alone.Add(Rounds.Median(await readers.AskAsync(questions.RainOver, 1, AreasEach, round)));
            Note($"round {round}: rain_at {points[^1]:0.0} ms, rain_over {areas[^1]:0.0} ms, ST_Clip {clipped[^1]:0} ms, one reader {alone[^1]:0.0} ms; load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
        }
        await done.CancelAsync();
        Note($"the writer published {await writer} runs meanwhile");
        var ratios = areas.Zip(clipped, (a, b) => b / a).ToList();
        // What other programs take of the machine is not in these.
        var (over, clip) = (await ServerMillisecondsAsync(questions.RainOver), await ServerMillisecondsAsync(questions.ClippedArea));
        return
        [
            Limit("rain_at p95, 8 readers and a writer, limit 5 ms", points, "ms", PointMs),
            Limit("rain_over 500 km² p95, 8 readers and a writer, limit 25 ms", areas, "ms", AreaMs),
            new("rain_over 500 km² p95; ST_Clip of the rasters", Rounds.Median(areas), Rounds.Median(clipped), "ms", Rounds.Median(ratios), ratios.Min(), ratios.Max()),
            new("rain_over 500 km² median, 1 reader and a writer", Rounds.Median(alone), null, "ms"),
            new("rain_at, processor time of the server", await ServerMillisecondsAsync(questions.RainAt), null, "ms"),
            new("rain_over 500 km², processor time of the server; ST_Clip", over, clip, "ms", clip / over),
        ];

        Task<double> ServerMillisecondsAsync(Question question) => Readers.ServerMillisecondsAsync(database, question, AreasEach * ReaderCount);
    }

    private static BenchmarkRow Beside(string what, List<double> ours, List<double> peer)
    {
        var ratios = ours.Zip(peer, (a, b) => b / a).ToList();
        return new(what, Rounds.Median(ours), Rounds.Median(peer), "s", Rounds.Median(ratios), ratios.Min(), ratios.Max(), PublishFaster);
    }

    private static async Task<int> PublishUntilAsync(BenchmarkOptions options, NowcastDatabase database, IReadOnlyList<RainForecast> runs, CancellationToken done)
    {
        var published = 0;
        while (!done.IsCancellationRequested)
        {
            await database.Forecasts.PublishAsync(runs[published % runs.Count].At(Archive.Start.AddDays(options.Days + 1).AddMinutes(5 * (published % 200)), "bench"), default);
            published++;
            await Task.Delay(WriterPause, done).ContinueWith(_ => { }, TaskScheduler.Default);
        }
        return published;
    }

    private static async Task<IEnumerable<BenchmarkRow>> SizeAsync(NowcastDatabase database)
    {
        const string Sql =
            """
            SELECT sum(pg_total_relation_size(relid)) / (SELECT count(*) FROM nowcast.run WHERE usable) / 1e6 FROM pg_partition_tree($1::regclass) WHERE isleaf
            """;
        var tiles = (double)await database.ScalarAsync<decimal>(Sql, "nowcast.forecast_tile");
        var strips = (double)await database.ScalarAsync<decimal>(Sql, "nowcast.forecast_strip");
        return [new("size of a run on disk", tiles + strips, null, "MB"), new("of that the strips for questions", strips, null, "MB")];
    }

    private static async Task<BenchmarkRow> DropAsync(BenchmarkOptions options, NowcastDatabase database)
    {
        var times = new List<double>();
        for (var day = 1; day <= Math.Min(5, options.Days); day++)
        {
            var start = Stopwatch.GetTimestamp();
            await database.DropDaysBeforeAsync(DateOnly.FromDateTime(Archive.Start.AddDays(day).UtcDateTime), default);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return Limit("drop a day, limit 200 ms", times, "ms", DropMs);
    }

    private static BenchmarkRow Limit(string what, IReadOnlyCollection<double> values, string unit, double limit) =>
        new(what, Rounds.Median(values), null, unit, limit / Rounds.Median(values), limit / values.Max(), limit / values.Min(), 1);

    private static void Note(string text) => Console.Error.WriteLine(text);
}
