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
    /// <summary>Only puts the days in place, so that a run in the same folder starts to measure at once.</summary>
    internal static Task<IReadOnlyList<BenchmarkRow>> PrepareAsync(BenchmarkOptions options) =>
        InPlaceAsync(options, async (database, _) => [.. await SizeAsync(database)]);

    internal static Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkOptions options) => InPlaceAsync(options, async (database, runs) =>
    [
        .. await SizeAsync(database),
        .. await Publishing.MeasureAsync(options, database, runs),
        .. await Asking.MeasureAsync(options, database, runs),
        await DropAsync(options, database),
    ]);

    // The parts of it, for a machine that is not to be had for long.
    internal static Task<IReadOnlyList<BenchmarkRow>> PublishAsync(BenchmarkOptions options) =>
        InPlaceAsync(options, async (database, runs) => [.. await Publishing.MeasureAsync(options, database, runs)]);

    internal static Task<IReadOnlyList<BenchmarkRow>> AskAsync(BenchmarkOptions options) =>
        InPlaceAsync(options, async (database, runs) => [.. await Asking.MeasureAsync(options, database, runs)]);

    internal static Task<IReadOnlyList<BenchmarkRow>> DropAsync(BenchmarkOptions options) =>
        InPlaceAsync(options, async (database, _) => [await DropAsync(options, database)]);

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
        const double LimitMs = 200;
        var times = new List<double>();
        for (var day = 1; day <= Math.Min(5, options.Days); day++)
        {
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            await database.DropDaysBeforeAsync(DateOnly.FromDateTime(Archive.Start.AddDays(day).UtcDateTime), default);
            times.Add(System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return Limit("drop a day, limit 200 ms", times, "ms", LimitMs);
    }

    /// <summary>A row whose ratio is 1 where the aim is met exactly.</summary>
    internal static BenchmarkRow Limit(string what, IReadOnlyCollection<double> values, string unit, double limit) =>
        new(what, Rounds.Median(values), null, unit, limit / Rounds.Median(values), limit / values.Max(), limit / values.Min(), 1);
}
