using System.Diagnostics.Metrics;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Queries;
using Hangfire;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Monitoring;

/// <summary>
/// What alerts ask of the whole service, read from the database at intervals: ages of scans and forecasts, skill, queues, disks. Where
/// the database is away the last values stay, so that ages grow, and <c>nowcast.database.up</c> is 0.
/// </summary>
internal sealed partial class ServiceGauges : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly NowcastDatabase _database;
    private readonly NowcastSettings _settings;
    private readonly TimeProvider _time;
    private readonly JobStorage? _jobs;
    private readonly ILogger<ServiceGauges> _log;
    private readonly RecurringQuestions _questions;
    private Measurement<double>[] _scans = [], _forecasts = [], _skill = [];
    private Measurement<long>[] _queues = [];
    private bool _isUp;

    public ServiceGauges(NowcastDatabase database, NowcastSettings settings, TimeProvider time, IMeterFactory meters,
        ILogger<ServiceGauges> log, RecurringQuestions questions, IServiceProvider services)
    {
        _questions = questions;
        (_database, _settings, _time, _log, _jobs) = (database, settings, time, log, services.GetService<JobStorage>());
        var meter = meters.Create(NowcastMeter.Name);
        meter.CreateObservableGauge("nowcast.database.up", () => _isUp ? 1 : 0, null,
            "1 where the database answered when it was asked last.");
        meter.CreateObservableGauge("nowcast.feed.newest_scan_time", () => _scans, "s",
            "The valid time of the newest scan, in seconds since 1970: its age is the time less this.");
        meter.CreateObservableGauge("nowcast.forecast.newest_issue_time", () => _forecasts, "s",
            "The issue time of the newest forecast, in seconds since 1970.");
        meter.CreateObservableGauge("nowcast.forecast.skill", () => _skill, "1",
            "1 − CRPS of the model / CRPS of the extrapolation, over the runs of the last day.");
        meter.CreateObservableGauge("nowcast.job.queued", () => _queues, null, "Jobs that wait, by queue.");
        meter.CreateObservableGauge("nowcast.disk.free", Free, "By", "Free space where the feed and temporary files lie.");
    }

    /// <summary>The first answer of the service is a whole one, where the database is there.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await ReadAsync(stoppingToken);
    }

    private async Task ReadAsync(CancellationToken cancellation)
    {
        try
        {
            using var turn = await _questions.TurnAsync(cancellation);
            var feeds = await _database.Feeds.ListAsync(cancellation);
            // One from the future makes no feed fresh.
            var now = _time.GetUtcNow();
            _scans = [.. feeds.Where(f => f.NewestBy(now) is not null).Select(f => Instant(f.NewestBy(now)!.Value, f.Grid))];
            var forecasts = new List<Measurement<double>>();
            foreach (var feed in feeds)
            {
                if (await _database.Queries.LatestRunAsync(feed.Grid, null, cancellation) is { } run)
                    forecasts.Add(Instant(run.IssueTime, feed.Grid));
            }
            _forecasts = [.. forecasts];
            var figures = _database.Feeds.Figures();
            _skill = figures.Skill is { } skill ? [new(skill)] : [];
            _queues = [.. _jobs?.GetMonitoringApi().Queues()
                .Select(q => new Measurement<long>(q.Length, new KeyValuePair<string, object?>("queue", q.Name))) ?? []];
            (_isUp, Figures) = (true, figures);
        }
        catch (Exception e) when (e is NpgsqlException or ReportedException)
        {
            if (_isUp)
                Away(e.Message);
            (_isUp, Figures) = (false, null);
        }
    }

    /// <summary>As they were read last; null where the database did not answer.</summary>
    internal ServiceFigures? Figures { get; private set; }

    private static Measurement<double> Instant(DateTimeOffset time, string grid) =>
        new(time.ToUnixTimeMilliseconds() / 1000.0, new KeyValuePair<string, object?>("grid", grid));

    private IEnumerable<Measurement<long>> Free()
    {
        (string Name, string? Folder)[] folders = [("feed", _settings.Feed), ("temporary", Path.GetTempPath())];
        return folders.Where(f => !string.IsNullOrEmpty(f.Folder) && Directory.Exists(f.Folder))
            .Select(f => new Measurement<long>(new DriveInfo(f.Folder!).AvailableFreeSpace,
                new KeyValuePair<string, object?>("folder", f.Name)));
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "the metrics of the whole service stand still until the database answers again: {Reason}")]
    private partial void Away(string reason);
}
