using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Bench.Storage;

/// <summary>
/// Questions while a writer publishes. Eight readers without a pause keep both processors of a small machine busy by
/// themselves, so that an answer waits for seven others; readers who ask some questions a second are how consumers are.
/// Each round is longer than the writer's pause, so that every one has a run being written in it.
/// </summary>
internal static class Asking
{
    private const int ReaderCount = 8, ProcessorCount = 400;
    private const double PointMs = 5, AreaMs = 25, PointsASecond = 20, AreasASecond = 5;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(6);

    internal static async Task<IEnumerable<BenchmarkRow>> MeasureAsync(BenchmarkOptions options, NowcastDatabase database,
        IReadOnlyList<RainForecast> runs)
    {
        var questions = await Questions.DrawAsync(database, runs[0].Grid, options.Days);
        await using var readers = new Readers(database, ReaderCount);
        // A round that does not count, until this program's own code is compiled to its end.
        await readers.AskAsync(questions.RainAt, ReaderCount, Round, seed: 0);
        await readers.AskAsync(questions.RainOver, ReaderCount, Round, seed: 0);
        var (points, areas, pacedPoints, pacedAreas, clipped, alone) =
            (new Figures(), new Figures(), new Figures(), new Figures(), new Figures(), new Figures());
        await using (var writer = new Writer(options, database, runs))
        {
            for (var round = 1; round <= options.Rounds; round++)
            {
                await AskAsync(points, questions.RainAt, ReaderCount);
                await AskAsync(areas, questions.RainOver, ReaderCount);
                await AskAsync(pacedPoints, questions.RainAt, ReaderCount, PointsASecond);
                await AskAsync(pacedAreas, questions.RainOver, ReaderCount, AreasASecond);
                await AskAsync(clipped, questions.ClippedArea, ReaderCount);
                await AskAsync(alone, questions.RainOver, 1);
                Note($"round {round}: rain_at {points} ms, rain_over {areas} ms, with pauses {pacedPoints} and {pacedAreas} ms, ST_Clip "
                    + $"{clipped} ms; load {Machine.Load()}");

                async Task AskAsync(Figures figures, Question question, int count, double? aSecond = null)
                {
                    var answers = await readers.AskAsync(question, count, Round, round, aSecond);
                    figures.Add(answers, writer.Meanwhile(answers));
                }
            }
            Note($"the writer published {writer.Runs} runs meanwhile");
        }
        // What other programs take of the machine is not in these.
        var (over, clip) = (await ServerMillisecondsAsync(questions.RainOver), await ServerMillisecondsAsync(questions.ClippedArea));
        var ratios = areas.P95.Zip(clipped.P95, (a, b) => b / a).ToList();
        return
        [
            .. Rows("rain_at", points, PointMs, "8 readers without pause"),
            .. Rows("rain_at", pacedPoints, PointMs, $"8 readers, each {PointsASecond} a second"),
            .. Rows("rain_over 500 km²", areas, AreaMs, "8 readers without pause"),
            .. Rows("rain_over 500 km²", pacedAreas, AreaMs, $"8 readers, each {AreasASecond} a second"),
            new("rain_over 500 km² p95, 8 readers without pause; ST_Clip of the rasters", Rounds.Median(areas.P95),
                Rounds.Median(clipped.P95), "ms", Rounds.Median(ratios), ratios.Min(), ratios.Max()),
            new("rain_over 500 km² median, 1 reader without pause", Rounds.Median(alone.Medians), null, "ms"),
            new("rain_at, processor time of the server", await ServerMillisecondsAsync(questions.RainAt), null, "ms"),
            new("rain_over 500 km², processor time of the server; ST_Clip", over, clip, "ms", clip / over),
        ];

        Task<double> ServerMillisecondsAsync(Question question) => Readers.ServerMillisecondsAsync(database, question, ProcessorCount);
    }

    private static IEnumerable<BenchmarkRow> Rows(string question, Figures figures, double limit, string readers) =>
    [
        StorageBenchmark.Limit($"{question} p95, {readers} and a writer, limit {limit} ms", figures.P95, "ms", limit),
        new($"of that the answers while a run was written, p95", Rounds.Median(figures.WritingP95), null, "ms"),
        new($"of that answers a second", Rounds.Median(figures.ASecond), null, "1/s"),
    ];

    private static void Note(string text) => Console.Error.WriteLine(text);

    /// <summary>The figures of each round.</summary>
    private sealed class Figures
    {
        internal List<double> P95 { get; } = [];
        internal List<double> Medians { get; } = [];
        internal List<double> WritingP95 { get; } = [];
        internal List<double> ASecond { get; } = [];

        internal void Add(IReadOnlyCollection<Answer> answers, IEnumerable<Answer> writing)
        {
            P95.Add(Readers.Quantile(answers, 0.95));
            Medians.Add(Readers.Quantile(answers, 0.5));
            ASecond.Add(answers.Count / Round.TotalSeconds);
            if (writing.ToList() is { Count: > 0 } overlapping)
                WritingP95.Add(Readers.Quantile(overlapping, 0.95));
        }

        public override string ToString() =>
            FormattableString.Invariant($"{P95[^1]:0.0} ({WritingP95.LastOrDefault(double.NaN):0.0} while writing)");
    }
}
