using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats.Sources;

namespace ConvLstm.Nowcast.Jobs.Settings;

/// <summary>
/// What an installation can set: in <c>appsettings.json</c> beside the program, by environment variables
/// <c>NOWCAST_DB</c>, <c>NOWCAST_FEED</c> …, or by flags; the later wins.
/// </summary>
internal sealed record NowcastSettings
{
    internal const string Prefix = "NOWCAST_";

    /// <summary>Names a file of settings elsewhere than beside the program, such as /etc/convlstm-nowcast/appsettings.json.</summary>
    internal const string ConfigVariable = "NOWCAST_CONFIG";

    /// <summary>The connection string of PostgreSQL; null starts the program's own private cluster.</summary>
    public string? Db { get; init; }

    /// <summary>
    /// The connection string of a standby of that PostgreSQL which the web service reads its answers from; null reads from Db.
    /// </summary>
    public string? Replica { get; init; }

    /// <summary>The folder where new radar files arrive; null where there is none.</summary>
    public string? Feed { get; init; }

    /// <summary>Source profiles of what the files of the feed do not say, or folders of them, apart by commas; null for none.</summary>
    public string? Sources { get; init; }

    /// <summary>
    /// How many seconds a file of the feed that cannot be used must not have changed before it goes to quarantine: an upload may go on.
    /// </summary>
    public int FeedPatienceSeconds { get; init; } = 60;

    /// <summary>
    /// The checkpoint to forecast with; null takes the promoted one of the database, at first that which comes with the program.
    /// </summary>
    public string? Model { get; init; }

    /// <summary>How far forecasts look ahead.</summary>
    public int LeadMinutes { get; init; } = 60;

    /// <summary>Where the web service listens.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:5080";

    /// <summary>Origins, apart by commas, whose pages may read the API (CORS); null for none.</summary>
    public string? CorsOrigins { get; init; }

    /// <summary>Whose radar data it is, as the licence of the source wants it said on the map; null for nothing.</summary>
    public string? Attribution { get; init; }

    /// <summary>From how many minutes on an answer is marked as stale; null for twice the step of the maps and an hour.</summary>
    public double? StaleMinutes { get; init; }

    /// <summary>
    /// How many requests a second the web service answers to one address, with five times as many at once; 0 for no limit.
    /// </summary>
    public int RequestsPerSecond { get; init; } = 200;

    /// <summary>What <c>serve</c> does, with commas; all roles where null.</summary>
    public string? Roles { get; init; }

    /// <summary>Who may use the dashboard.</summary>
    public DashboardSettings Dashboard { get; init; } = new();

    /// <summary>What the reading of one radar file may cost.</summary>
    public DecoderSettings Decoder { get; init; } = new();

    /// <summary>The least level of the log, which goes to the standard error as one JSON object a line.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    internal JobSettings Jobs { get; private init; } = new();

    /// <summary>The same with other settings of the jobs.</summary>
    internal NowcastSettings With(JobSettings jobs) => this with { Jobs = jobs.Checked() };

    /// <summary>The profiles, read.</summary>
    /// <exception cref="ReportedException">One is not there or is none.</exception>
    internal RadarSources RadarSources =>
        RadarSources.Load((Sources ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    internal TimeSpan Lead => TimeSpan.FromMinutes(LeadMinutes);

    /// <exception cref="SettingsException">Values are of the wrong kind or make no sense; all of them are named, a line each.</exception>
    internal static NowcastSettings Load()
    {
        var configuration = Configuration();
        var (readable, problems) = SettingValues.Read(configuration);
        var settings = (readable.Get<NowcastSettings>() ?? new()) with { Jobs = readable.Get<JobSettings>() ?? new() };
        problems = [.. problems, .. settings.Problems()];
        return problems.Count == 0 ? settings : throw new SettingsException([.. problems]);
    }

    private IEnumerable<string> Problems()
    {
        if (FeedPatienceSeconds < 0)
            yield return $"{Prefix}FEEDPATIENCESECONDS is {FeedPatienceSeconds}: give seconds, 0 or more.";
        if (RequestsPerSecond < 0)
            yield return $"{Prefix}REQUESTSPERSECOND is {RequestsPerSecond}: give 0 for no limit, or more.";
        if (LeadMinutes is <= 0 or > 24 * 60)
            yield return $"{Prefix}LEADMINUTES is {LeadMinutes}: give minutes from 1 to 1440.";
        foreach (var problem in Dashboard.Problems().Concat(Decoder.Problems()).Concat(Jobs.Problems()))
            yield return problem;
    }

    private static IConfigurationRoot Configuration()
    {
        var sources = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true);
        if (Environment.GetEnvironmentVariable(ConfigVariable) is { Length: > 0 } file)
            sources.AddJsonFile(Path.GetFullPath(file), optional: false);
        try
        {
            return sources.AddEnvironmentVariables(Prefix).Build();
        }
        catch (Exception e) when (e is FileNotFoundException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ReportedException(
                $"The settings cannot be read ({(e.InnerException ?? e).Message}): correct the file, or {ConfigVariable}, which names it.",
                e);
        }
    }
}
