using Cronos;

namespace ConvLstm.Nowcast.Jobs.Settings;

/// <summary>
/// The settings of the jobs: sections of the installed <c>appsettings.json</c>, or variables such as
/// <c>NOWCAST_NOWCAST__ONNEWSCAN</c>. Times in UTC,
/// as in crontab(5).
/// </summary>
internal sealed record JobSettings
{
    public IngestSettings Ingest { get; init; } = new();
    public ForecastSettings Nowcast { get; init; } = new();
    public VerifySettings Verify { get; init; } = new();
    public RetrainSettings Retrain { get; init; } = new();
    public RetentionSettings Retention { get; init; } = new();
    public WatchdogSettings Watchdog { get; init; } = new();

    /// <summary>Values that make no sense, a line each.</summary>
    internal IEnumerable<string> Problems()
    {
        (bool Holds, string Name, double Value, string Wanted)[] ranges =
        [
            (Nowcast.DeadlineSeconds > 0, "NOWCAST__DEADLINESECONDS", Nowcast.DeadlineSeconds, "seconds above 0"),
            (Nowcast.MemoryMB >= 0, "NOWCAST__MEMORYMB", Nowcast.MemoryMB, "MB, or 0 for no limit"),
            (Verify.Days > 0, "VERIFY__DAYS", Verify.Days, "days above 0"),
            (Retrain.Days > 0, "RETRAIN__DAYS", Retrain.Days, "days above 0"),
            (Retrain.MaxScans > 0, "RETRAIN__MAXSCANS", Retrain.MaxScans, "a number above 0"),
            (Retrain.Minutes > 0, "RETRAIN__MINUTES", Retrain.Minutes, "minutes above 0"),
            (Retrain.MemoryMB >= 0, "RETRAIN__MEMORYMB", Retrain.MemoryMB, "MB, or 0 for no limit"),
            (Retrain.WetShare is >= 0 and <= 1, "RETRAIN__WETSHARE", Retrain.WetShare, "a share from 0 to 1"),
            (Retrain.HeldOutShare is > 0 and < 1, "RETRAIN__HELDOUTSHARE", Retrain.HeldOutShare, "a share between 0 and 1"),
            (Retrain.Blocks > 0, "RETRAIN__BLOCKS", Retrain.Blocks, "a number above 0"),
            (Retrain.Confidence is >= 0.5 and < 1, "RETRAIN__CONFIDENCE", Retrain.Confidence, "a confidence from 0.5 to below 1"),
            (Retention.Days > 0, "RETENTION__DAYS", Retention.Days, "days above 0"),
            (Retention.HistoryDays > 0, "RETENTION__HISTORYDAYS", Retention.HistoryDays, "days above 0"),
            (Watchdog.MaxAgeMinutes > 0, "WATCHDOG__MAXAGEMINUTES", Watchdog.MaxAgeMinutes, "minutes above 0"),
        ];
        (string Name, string Cron)[] times =
        [
            ("INGEST", Ingest.Cron), ("NOWCAST", Nowcast.Cron), ("VERIFY", Verify.Cron), ("RETRAIN", Retrain.Cron),
            ("RETENTION", Retention.Cron),
            ("WATCHDOG", Watchdog.Cron),
        ];
        return ranges.Where(r => !r.Holds)
            .Select(r => FormattableString.Invariant($"{NowcastSettings.Prefix}{r.Name} is {r.Value}: give {r.Wanted}."))
            .Concat(times.Where(t => !CronExpression.TryParse(t.Cron, out _))
                .Select(t => $"{NowcastSettings.Prefix}{t.Name}__CRON is '{t.Cron}': give five fields as in crontab(5), such as '5 * * * "
                    + "*'."));
    }

    /// <exception cref="SettingsException">A value makes no sense.</exception>
    internal JobSettings Checked() => Problems().ToList() is { Count: > 0 } problems ? throw new SettingsException(problems) : this;
}

internal sealed record IngestSettings
{
    /// <summary>When files of the feed folder are taken.</summary>
    public string Cron { get; init; } = "* * * * *";
}

internal sealed record ForecastSettings
{
    /// <summary>When a forecast is made and published.</summary>
    public string Cron { get; init; } = "5 * * * *";

    /// <summary>Forecast also as soon as a scan has come in.</summary>
    public bool OnNewScan { get; init; }

    /// <summary>A model that takes longer is stopped, and extrapolation answers.</summary>
    public double DeadlineSeconds { get; init; } = 120;

    /// <summary>What the process that forecasts may take, in MB; 0 for no limit (CUDA maps more than it uses).</summary>
    public int MemoryMB { get; init; } = 6144;
}

internal sealed record VerifySettings
{
    /// <summary>When forecasts are scored.</summary>
    public string Cron { get; init; } = "15 * * * *";

    /// <summary>Runs older than this are not verified any more.</summary>
    public double Days { get; init; } = 7;
}

internal sealed record RetrainSettings
{
    /// <summary>When a new model is trained.</summary>
    public string Cron { get; init; } = "30 2 * * *";

    /// <summary>The newest part of the archive that is trained on.</summary>
    public double Days { get; init; } = 14;

    /// <summary>The share of the scans that are chosen for their rain; the rest are the newest, whatever the weather.</summary>
    public double WetShare { get; init; } = 0.7;

    /// <summary>The most scans that are read; a longer window is thinned out to its wettest and newest hours.</summary>
    public int MaxScans { get; init; } = 2000;

    /// <summary>How long the training itself may take.</summary>
    public double Minutes { get; init; } = 60;

    /// <summary>The share of each block of time that is not trained on but decides.</summary>
    public double HeldOutShare { get; init; } = 0.2;

    /// <summary>Into how many blocks of time the window is divided; the end of each is held out.</summary>
    public int Blocks { get; init; } = 5;

    /// <summary>A candidate is promoted where it is better with at least this probability, by a paired bootstrap.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>What the process that trains may take, in MB; 0 for no limit.</summary>
    public int MemoryMB { get; init; } = 12288;

    /// <summary>Where it trains: cpu, cuda, or auto, which takes a GPU where there is one.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>
    /// The channels of the ConvLSTM in a first training, where there is no model to go on from; empty for the network's own.
    /// </summary>
    public int[] Hidden { get; init; } = [];

    /// <summary>The side of the squares of pixels that the ConvLSTM reads as one, in a first training.</summary>
    public int Patch { get; init; } = 4;

    /// <summary>How many scans the network reads, in a first training.</summary>
    public int Past { get; init; } = 4;

    /// <summary>Side of the squares that are trained on; no larger than the grid.</summary>
    public int Crop { get; init; } = 96;

    /// <summary>How many windows are trained on at once; halved where memory is short.</summary>
    public int Batch { get; init; } = 8;
}

internal sealed record RetentionSettings
{
    /// <summary>When old days are dropped.</summary>
    public string Cron { get; init; } = "45 3 * * *";

    /// <summary>How long scans and maps are kept; scores and runs stay.</summary>
    public double Days { get; init; } = 30;

    /// <summary>How long the history of the jobs is kept, and the engine's record of them.</summary>
    public double HistoryDays { get; init; } = 30;

    internal TimeSpan History => TimeSpan.FromDays(HistoryDays);
}

internal sealed record WatchdogSettings
{
    /// <summary>When the feeds are looked at.</summary>
    public string Cron { get; init; } = "*/5 * * * *";

    /// <summary>A feed whose newest scan is older is reported, and the service is not ready.</summary>
    public double MaxAgeMinutes { get; init; } = 30;
}

