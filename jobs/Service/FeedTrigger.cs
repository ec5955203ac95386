using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Schedule;
using ConvLstm.Nowcast.Jobs.Work;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Service;

/// <summary>Lets the ingest run as soon as something stirs in the feed folder, instead of at the next full minute.</summary>
internal sealed partial class FeedTrigger : IDisposable
{
    // What is written in one go stirs several times.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    private readonly ISchedule _schedule;
    private readonly ILogger _logger;
    private readonly FileSystemWatcher _watcher;
    private readonly Timer _timer;
    private readonly CancellationTokenSource _end = new();

    internal FeedTrigger(string folder, ISchedule schedule, ILogger logger)
    {
        (_schedule, _logger) = (schedule, logger);
        _timer = new Timer(_ => _ = TriggerAsync());
        _watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true, NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite };
        _watcher.Created += OnStir;
        _watcher.Changed += OnStir;
        _watcher.Renamed += OnStir;
    }

    internal void Start() => _watcher.EnableRaisingEvents = true;

    public void Dispose()
    {
        _end.Cancel();
        _watcher.Dispose();
        _timer.Dispose();
        _end.Dispose();
    }

    // The watch keeps its own notes in the folder, in hidden files; quarantined ones are its own doing too.
    private void OnStir(object sender, FileSystemEventArgs e)
    {
        if (!Path.GetFileName(e.FullPath).StartsWith('.') && !(e.Name ?? "").StartsWith("quarantine", StringComparison.Ordinal))
            _timer.Change(Quiet, Timeout.InfiniteTimeSpan);
    }

    private async Task TriggerAsync()
    {
        try
        {
            await _schedule.TriggerAsync(JobCatalog.Ingest, _end.Token);
        }
        catch (Exception e) when (e is ReportedException or NpgsqlException or OperationCanceledException or ObjectDisposedException)
        {
            // The next full minute takes what this would have.
            NotTriggered(e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the ingest could not be asked for: {Reason}")]
    private partial void NotTriggered(string reason);
}
