using System.Diagnostics;
using ConvLstm.Nowcast.Storage;
using Npgsql;

namespace ConvLstm.Nowcast.Bench.Storage;

/// <summary>Asks from several connections at once, as the reader that consumers log in as.</summary>
internal sealed class Readers : IAsyncDisposable
{
    private const int Warm = 3;
    private readonly NpgsqlDataSource source;

    internal Readers(NowcastDatabase database) =>
        source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.Cluster!.ConnectionString)
        {
            Username = "nowcast_reader", NoResetOnClose = true, MaxAutoPrepare = 8, AutoPrepareMinUsages = 1, MaxPoolSize = 32,
        });

    public ValueTask DisposeAsync() => source.DisposeAsync();

    /// <summary>The milliseconds of every answer, rising; each reader asks again as soon as it has its answer.</summary>
    internal async Task<double[]> AskAsync(Question question, int readers, int each, int seed)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, readers).Select(reader => Task.Run(() => AskAsync(question, each, new Random((seed * 1000) + reader)))));
        return [.. answers.SelectMany(times => times).Order()];
    }

    /// <summary>The value below which 95 per cent lie.</summary>
    internal static double P95(double[] sorted) => sorted[(int)(0.95 * (sorted.Length - 1))];

    /// <summary>
    /// Processor time of the server's process for an answer, milliseconds, as the kernel counts it
    /// (https://docs.kernel.org/scheduler/sched-stats.html, /proc/PID/schedstat).
    /// </summary>
    internal static async Task<double> ServerMillisecondsAsync(NowcastDatabase database, Question question, int count)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        var random = new Random(7);
        await RepeatAsync(connection, question, Warm, random, _ => { });
        var before = await NanosecondsAsync();
        await RepeatAsync(connection, question, count, random, _ => { });
        return (await NanosecondsAsync() - before) / 1e6 / count;

        async Task<double> NanosecondsAsync()
        {
            await using var command = new NpgsqlCommand("SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::double precision", connection);
            return (double)(await command.ExecuteScalarAsync())!;
        }
    }

    private async Task<List<double>> AskAsync(Question question, int count, Random random)
    {
        await using var connection = await source.OpenConnectionAsync();
        var times = new List<double>(count);
        await RepeatAsync(connection, question, Warm, random, _ => { });
        await RepeatAsync(connection, question, count, random, times.Add);
        return times;
    }

    private static async Task RepeatAsync(NpgsqlConnection connection, Question question, int count, Random random, Action<double> milliseconds)
    {
        for (var i = 0; i < count; i++)
        {
            await using var command = new NpgsqlCommand(question.Sql, connection);
            foreach (var value in question.Values(random))
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            var start = Stopwatch.GetTimestamp();
            await using (var rows = await command.ExecuteReaderAsync())
            {
                while (await rows.ReadAsync())
                {
                }
            }
            milliseconds(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }
}
