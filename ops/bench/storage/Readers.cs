using System.Diagnostics;
using ConvLstm.Nowcast.Storage;
using Npgsql;

namespace ConvLstm.Nowcast.Bench.Storage;

/// <summary>Asks from several connections at once, as the reader that consumers log in as.</summary>
internal sealed class Readers : IAsyncDisposable
{
    private const int Warm = 5;
    private readonly NpgsqlDataSource _source;

    /// <param name="database">Whom to ask.</param>
    /// <param name="connections">At most; each is kept, and its statements prepared, as pools of consumers do.</param>
    internal Readers(NowcastDatabase database, int connections) =>
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.Cluster!.ConnectionString)
        {
            Username = "nowcast_reader", NoResetOnClose = true, MaxAutoPrepare = 8, AutoPrepareMinUsages = 1, MaxPoolSize = connections,
        });

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>Every answer that several readers got in some time.</summary>
    /// <param name="question">What they ask.</param>
    /// <param name="readers">How many ask at once.</param>
    /// <param name="time">How long.</param>
    /// <param name="seed">Of what they ask about.</param>
    /// <param name="aSecond">How often each asks; null for as soon as it has its answer. Who is late asks at once, and the wait
    /// counts.</param>
    internal async Task<IReadOnlyCollection<Answer>> AskAsync(Question question, int readers, TimeSpan time, int seed,
        double? aSecond = null)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, readers).Select(reader =>
            Task.Run(() => AskAsync(question, time, new Random((seed * 1000) + reader), aSecond))));
        return [.. answers.SelectMany(times => times)];
    }

    /// <summary>The milliseconds below which a share of the answers took.</summary>
    internal static double Quantile(IReadOnlyCollection<Answer> answers, double share) =>
        answers.Select(answer => answer.Milliseconds).Order().ElementAt((int)(share * (answers.Count - 1)));

    /// <summary>
    /// Processor time of the server's process for an answer, milliseconds, as the kernel counts it
    /// (https://docs.kernel.org/scheduler/sched-stats.html, /proc/PID/schedstat).
    /// </summary>
    internal static async Task<double> ServerMillisecondsAsync(NowcastDatabase database, Question question, int count)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        var random = new Random(7);
        await RepeatAsync(connection, question, Warm, random);
        var before = await NanosecondsAsync();
        await RepeatAsync(connection, question, count, random);
        return (await NanosecondsAsync() - before) / 1e6 / count;

        async Task<double> NanosecondsAsync()
        {
            await using var command =
                new NpgsqlCommand("SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::double precision", connection);
            return (double)(await command.ExecuteScalarAsync())!;
        }
    }

    private async Task<List<Answer>> AskAsync(Question question, TimeSpan time, Random random, double? aSecond)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(question.Sql, connection);
        for (var i = 0; i < Warm; i++)
            await AskAsync(command, question, random);
        var answers = new List<Answer>();
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var due = Stopwatch.GetTimestamp() + (long)(random.NextDouble() / (aSecond ?? double.PositiveInfinity) * Stopwatch.Frequency);
        while (due < end)
        {
            if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is { Ticks: > 0 } early)
                await Task.Delay(early);
            // A timer that fires late is not the server's fault; a reader that is late for its own next question is.
            var asked = Math.Max(due, answers.Count == 0 ? due : answers[^1].Given);
            var start = Stopwatch.GetTimestamp();
            await AskAsync(command, question, random);
            var given = Stopwatch.GetTimestamp();
            var waited = aSecond is null ? 0 : asked - due;
            answers.Add(new(start, given, Stopwatch.GetElapsedTime(start - waited, given).TotalMilliseconds));
            due = aSecond is { } pace ? due + (long)(Stopwatch.Frequency / pace) : given;
        }
        return answers;
    }

    private static async Task RepeatAsync(NpgsqlConnection connection, Question question, int count, Random random)
    {
        await using var command = new NpgsqlCommand(question.Sql, connection);
        for (var i = 0; i < count; i++)
            await AskAsync(command, question, random);
    }

    private static async Task AskAsync(NpgsqlCommand command, Question question, Random random)
    {
        command.Parameters.Clear();
        foreach (var value in question.Values(random))
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
        }
    }
}

/// <summary>
/// An answer: when it was asked for and given (<see cref="Stopwatch.GetTimestamp"/>), and how long it took, with the wait for its turn.
/// </summary>
internal readonly record struct Answer(long Asked, long Given, double Milliseconds);
