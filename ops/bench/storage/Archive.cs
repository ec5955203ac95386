using ConvLstm.Nowcast.Storage;
using Npgsql;

namespace ConvLstm.Nowcast.Bench.Storage;

/// <summary>Some days of hourly runs, copied inside the database from a few that were published.</summary>
internal static class Archive
{
    /// <summary>The first issue time.</summary>
    internal static readonly DateTimeOffset Start = new(2024, 6, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Makes the days that are not there, and drops what an earlier benchmark left outside of them.</summary>
    internal static async Task FillAsync(NowcastDatabase database, IReadOnlyList<RainForecast> runs, int days)
    {
        await database.ExecuteFileAsync("storage/archive.sql");
        await database.ExecuteAsync("SELECT public.bench_trim($1, $2)", Start, Start.AddDays(days));
        var published = new List<long>();
        var filled = 0;
        for (var day = 0; day < days; day++)
        {
            if (await database.ScalarAsync<long>("SELECT count(*) FROM nowcast.run WHERE usable AND issue_time >= $1 AND issue_time < $2",
                Start.AddDays(day), Start.AddDays(day + 1)) == 24)
                continue;
            if (published.Count == 0)
            {
                foreach (var run in runs)
                    published.Add((await database.Forecasts.PublishAsync(run.At(Start.AddHours(published.Count - 24), "bench"),
                        default)).RunId);
            }
            await database.ExecuteAsync("SELECT public.bench_fill($1, $2)", Start.AddDays(day), published.ToArray());
            filled++;
            Console.Error.Write($"\r{day + 1} of {days} days in place");
        }
        if (filled == 0)
            return;
        Console.Error.WriteLine();
        await database.ExecuteAsync("SELECT public.bench_trim($1, $2)", Start, Start.AddDays(days));
        await database.ExecuteAsync("VACUUM ANALYZE");
        await database.ExecuteAsync("CHECKPOINT");
    }

    internal static async Task ExecuteFileAsync(this NowcastDatabase database, string file) =>
        await database.ExecuteAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, file)));

    internal static async Task ExecuteAsync(this NowcastDatabase database, string sql, params object[] values) =>
        await database.ScalarAsync<object>(sql, values);

    internal static async Task<T?> ScalarAsync<T>(this NowcastDatabase database, string sql, params object[] values)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        command.CommandTimeout = 0;
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteScalarAsync() is T result ? result : default;
    }
}
