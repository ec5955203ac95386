using ConvLstm.Nowcast.Storage;
using Npgsql;

namespace ConvLstm.Nowcast.Bench.Storage;

/// <summary>Some days of hourly runs, copied inside the database from a few that were published.</summary>
internal static class Archive
{
    /// <summary>The first issue time.</summary>
    internal static readonly DateTimeOffset Start = new(2024, 6, 1, 0, 0, 0, TimeSpan.Zero);

    internal static async Task FillAsync(NowcastDatabase database, IReadOnlyList<RainForecast> runs, int days)
    {
        await database.DropDaysBeforeAsync(DateOnly.MaxValue.AddYears(-1), default);
        await database.ExecuteAsync("DELETE FROM nowcast.run");
        await database.ExecuteFileAsync("storage/archive.sql");
        var published = new List<long>();
        foreach (var run in runs)
            published.Add((await database.Forecasts.PublishAsync(run.At(Start.AddHours(published.Count - 24), "bench"), default)).RunId);
        for (var day = 0; day < days; day++)
        {
            await database.ExecuteAsync("SELECT public.bench_fill($1, $2)", Start.AddDays(day), published.ToArray());
            Console.Error.Write($"\r{day + 1} of {days} days in place");
        }
        Console.Error.WriteLine();
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
