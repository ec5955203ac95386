namespace ConvLstm.Nowcast.Storage.Queries;

/// <summary>How the service stands, in three numbers.</summary>
/// <param name="NewestScan">The valid time of the newest scan, UTC.</param>
/// <param name="NewestRun">The issue time of the newest usable run, UTC.</param>
/// <param name="Skill">1 − CRPS of the model / CRPS of extrapolation, of the runs of the last day that both made; null where none is
/// verified.</param>
public sealed record ServiceFigures(DateTimeOffset? NewestScan, DateTimeOffset? NewestRun, double? Skill);

/// <summary>A gap between two scans.</summary>
/// <param name="Grid">The grid.</param>
/// <param name="After">The scan before it, UTC.</param>
/// <param name="Until">The scan after it, UTC.</param>
/// <param name="Missing">How many scans there would have been between.</param>
public sealed record FeedGap(string Grid, DateTimeOffset After, DateTimeOffset Until, int Missing);

/// <summary>What consumers were given at an issue time.</summary>
/// <param name="Grid">The grid.</param>
/// <param name="IssueTime">The newest scan that went in, UTC.</param>
/// <param name="Method">The best method that there is.</param>
/// <param name="ModelVersion">Its version.</param>
/// <param name="PublishedAt">UTC.</param>
/// <param name="Reason">Why it is not the model; null where it is, or nobody said.</param>
/// <param name="EngineJob">The number of the job that made it; null where the job engine did not.</param>
public sealed record GivenRun(
    string Grid, DateTimeOffset IssueTime, string Method, string ModelVersion, DateTimeOffset PublishedAt, string? Reason,
        string? EngineJob);
