using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Jobs;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>What a run says on the way, written to the database once a second at most.</summary>
internal sealed class JobProgress(JobHistory history, long jobRunId) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private const int MostLines = 200;

    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();
    private readonly CancellationTokenSource _end = new();
    private (double? Fraction, string Text) _state = (null, "");
    private bool _isNew;
    private Task _writing = Task.CompletedTask;

    internal void Start() => _writing = WriteAsync();

    /// <summary>The last lines.</summary>
    internal string Lines
    {
        get
        {
            lock (_gate)
                return string.Join('\n', _lines);
        }
    }

    internal void Report(double? fraction, string text)
    {
        lock (_gate)
            (_state, _isNew) = ((fraction is { } f ? Math.Clamp(f, 0, 1) : null, text), true);
    }

    internal void Log(DateTimeOffset at, string line)
    {
        lock (_gate)
        {
            _lines.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:HH:mm:ss} {line.ReplaceLineEndings(" ")}"));
            while (_lines.Count > MostLines)
                _lines.Dequeue();
            _isNew = true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _writing;
        _end.Dispose();
    }

    private async Task WriteAsync()
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
                await FlushAsync();
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The run has ended; its end is written with all that it said.
        }
    }

    private async Task FlushAsync()
    {
        ((double? Fraction, string Text) State, string Log) now;
        lock (_gate)
        {
            if (!_isNew)
                return;
            _isNew = false;
            now = (_state, string.Join('\n', _lines));
        }
        try
        {
            await history.ProgressAsync(jobRunId, now.State.Fraction, now.State.Text, now.Log, _end.Token);
        }
        catch (Exception e) when (e is ReportedException or NpgsqlException)
        {
            // The database does not answer: the next second tells more.
        }
    }
}
