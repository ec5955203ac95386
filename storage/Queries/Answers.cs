namespace ConvLstm.Nowcast.Storage.Queries;

/// <summary>One lead of <c>nowcast.rain_at</c>.</summary>
/// <param name="ValidTime">When the rain falls, UTC.</param>
/// <param name="LeadMinutes">Minutes from the issue time.</param>
/// <param name="RainMmH">mm/h as maps show it; null where the radar sees nothing.</param>
/// <param name="P01">Probability, 0 to 1, of more than 0.1 mm/h; null where the run does not give it, as are the next three.</param>
/// <param name="P1">Of more than 1 mm/h.</param>
/// <param name="P5">Of more than 5 mm/h.</param>
/// <param name="P10">Of more than 10 mm/h.</param>
/// <param name="ExpectedMmH">The mean of the distribution, for amounts; null where the radar sees nothing.</param>
public sealed record RainAtPoint(
    DateTimeOffset ValidTime, double LeadMinutes, float? RainMmH, float? P01, float? P1, float? P5, float? P10, float? ExpectedMmH);

/// <summary>One lead of <c>nowcast.rain_over</c>.</summary>
/// <param name="ValidTime">When the rain falls, UTC.</param>
/// <param name="LeadMinutes">Minutes from the issue time.</param>
/// <param name="MeanMmH">Mean over the area of the expected rate in mm/h; null where nothing can be said, as are the next ones.</param>
/// <param name="MaxMmH">Highest rain rate of the map in the area in mm/h.</param>
/// <param name="WetFraction">Share of the area above 0.1 mm/h, 0 to 1.</param>
/// <param name="MeanDepthMm">Mean depth that falls from the issue time to the valid time, in mm.</param>
public sealed record RainOverArea(
    DateTimeOffset ValidTime, double LeadMinutes, double? MeanMmH, double? MaxMmH, double? WetFraction, double? MeanDepthMm);

/// <summary>What <c>nowcast.rain_over</c> answers, and from which run.</summary>
public sealed record AreaForecast(long RunId, IReadOnlyList<RainOverArea> Leads);

/// <summary>The depth of <c>nowcast.depth_at</c>.</summary>
/// <param name="DepthMm">mm in the covered minutes; null where there are none.</param>
/// <param name="CoveredMinutes">For how many of the minutes the run has a value.</param>
public sealed record DepthAtPoint(double? DepthMm, double CoveredMinutes);

/// <summary>A run without its maps.</summary>
public sealed record RunSummary
{
    public required long RunId { get; init; }

    /// <summary>The name of its grid.</summary>
    public required string Grid { get; init; }

    /// <summary>The valid time of the newest scan that went in, UTC.</summary>
    public required DateTimeOffset IssueTime { get; init; }

    /// <summary>model, extrapolation, persistence or another.</summary>
    public required string Method { get; init; }

    /// <summary>The version of the checkpoint or of the method.</summary>
    public required string ModelVersion { get; init; }

    /// <summary>SHA-256 of the checkpoint, empty where there is none.</summary>
    public required string ModelChecksum { get; init; }

    /// <summary>When it was written, UTC.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>The leads in seconds, rising.</summary>
    public required int[] LeadSeconds { get; init; }

    /// <summary>Of its probabilities, in mm/h.</summary>
    public required float[] Thresholds { get; init; }

    /// <summary>It passed its checks.</summary>
    public required bool IsSane { get; init; }

    /// <summary>When its maps were dropped for their age, UTC; null while they are there.</summary>
    public DateTimeOffset? MapsDroppedAt { get; init; }
}
