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

    private async Task<List<double>> AskAsync(Question question, int count, Random random)
    {
        await using var connection = await source.OpenConnectionAsync();
        var times = new List<double>(count);
        for (var i = 0; i < Warm + count; i++)
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
            if (i >= Warm)
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return times;
    }
}
