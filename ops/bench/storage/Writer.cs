using System.Collections.Concurrent;
using System.Diagnostics;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Bench.Storage;

/// <summary>Publishes a run every few seconds until it is disposed of, and remembers when it was at it.</summary>
internal sealed class Writer : IAsyncDisposable
{
    /// <summary>A radar sends a scan every five minutes; this is sixty times as often.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _done = new();
    private readonly ConcurrentQueue<(long Start, long End)> _published = new();
    private readonly Task _work;

    internal Writer(BenchmarkOptions options, NowcastDatabase database, IReadOnlyList<RainForecast> runs) => _work = Task.Run(async () =>
    {
        for (var n = 0; !_done.IsCancellationRequested; n++)
        {
            var start = Stopwatch.GetTimestamp();
            await database.Forecasts.PublishAsync(runs[n % runs.Count]
                .At(Archive.Start.AddDays(options.Days + 1).AddMinutes(5 * (n % 200)), "bench"), default);
            _published.Enqueue((start, Stopwatch.GetTimestamp()));
            await Task.Delay(Pause, _done.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    });

    /// <summary>How many runs it has published.</summary>
    internal int Runs => _published.Count;

    /// <summary>The answers that were asked for while it wrote.</summary>
    internal IEnumerable<Answer> Meanwhile(IEnumerable<Answer> answers) =>
        answers.Where(answer => _published.Any(run => answer.Asked < run.End && run.Start < answer.Given));

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await _work;
        _done.Dispose();
    }
}
