using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Settings;
using Hangfire;

namespace ConvLstm.Nowcast.Jobs.Ingest;

/// <summary>Lets the ingest run as soon as something stirs in the feed folder, instead of at the next full minute.</summary>
internal sealed partial class FeedTrigger(NowcastSettings settings, ServiceOptions options, IBackgroundJobClient jobs,
    ILogger<FeedTrigger> logger) : IHostedService, IDisposable
{
    // What is written in one go stirs several times.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    private Timer? _timer;
    private FileSystemWatcher? _watcher;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Roles.Contains(Roles.Ingest) || !settings.Jobs.Nowcast.OnNewScan || string.IsNullOrEmpty(settings.Feed)
            || !Directory.Exists(settings.Feed))
            return Task.CompletedTask;
        _timer = new Timer(_ => Trigger());
        _watcher = new FileSystemWatcher(settings.Feed)
        {
            IncludeSubdirectories = true, NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite,
        };
        _watcher.Created += OnStir;
        _watcher.Changed += OnStir;
        _watcher.Renamed += OnStir;
        _watcher.EnableRaisingEvents = true;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        _timer?.Dispose();
    }

    // The watch keeps its own notes in the folder, in hidden files; quarantined ones are its own doing too.
    private void OnStir(object sender, FileSystemEventArgs e)
    {
        if (!Path.GetFileName(e.FullPath).StartsWith('.') && !(e.Name ?? "").StartsWith("quarantine", StringComparison.Ordinal))
            _timer!.Change(Quiet, Timeout.InfiniteTimeSpan);
    }

    private void Trigger()
    {
        try
        {
            jobs.Enqueue<IngestJob>(job => job.RunAsync(null!, CancellationToken.None));
        }
        catch (BackgroundJobClientException e)
        {
            // The next full minute takes what this would have.
            NotTriggered((e.InnerException ?? e).Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the ingest could not be asked for: {Reason}")]
    private partial void NotTriggered(string reason);
}
