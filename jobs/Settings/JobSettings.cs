using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Settings;

/// <summary>The settings of the jobs: sections of <c>appsettings.json</c>, or variables such as <c>NOWCAST_NOWCAST__ONNEWSCAN</c>. Times in UTC, as in crontab(5).</summary>
internal sealed record JobSettings
{
    public IngestSettings Ingest { get; init; } = new();
    public ForecastSettings Nowcast { get; init; } = new();
    public VerifySettings Verify { get; init; } = new();
    public RetrainSettings Retrain { get; init; } = new();
    public RetentionSettings Retention { get; init; } = new();
    public WatchdogSettings Watchdog { get; init; } = new();

    /// <exception cref="ReportedException">A value makes no sense.</exception>
    internal JobSettings Checked()
    {
        Require(Nowcast.DeadlineSeconds > 0, "NOWCAST_NOWCAST__DEADLINESECONDS", Nowcast.DeadlineSeconds, "seconds above 0");
        Require(Retrain.Days > 0, "NOWCAST_RETRAIN__DAYS", Retrain.Days, "days above 0");
        Require(Retrain.Minutes > 0, "NOWCAST_RETRAIN__MINUTES", Retrain.Minutes, "minutes above 0");
        Require(Retrain.WetShare is >= 0 and <= 1, "NOWCAST_RETRAIN__WETSHARE", Retrain.WetShare, "a share from 0 to 1");
        Require(Retrain.HeldOutShare is > 0 and < 1, "NOWCAST_RETRAIN__HELDOUTSHARE", Retrain.HeldOutShare, "a share between 0 and 1");
        Require(Retrain.Confidence is >= 0.5 and < 1, "NOWCAST_RETRAIN__CONFIDENCE", Retrain.Confidence, "a confidence from 0.5 to below 1");
        Require(Retention.Days > 0, "NOWCAST_RETENTION__DAYS", Retention.Days, "days above 0");
        Require(Retention.HistoryDays > 0, "NOWCAST_RETENTION__HISTORYDAYS", Retention.HistoryDays, "days above 0");
        Require(Watchdog.MaxAgeMinutes > 0, "NOWCAST_WATCHDOG__MAXAGEMINUTES", Watchdog.MaxAgeMinutes, "minutes above 0");
        return this;
    }

    private static void Require(bool holds, string name, double value, string what)
    {
        if (!holds)
            throw new ReportedException(FormattableString.Invariant($"{name} is {value}: give {what}."));
    }
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

    /// <summary>The channels of the ConvLSTM in a first training, where there is no model to go on from; empty for the network's own.</summary>
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

