using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast;

/// <summary>What a forecaster predicts: rain rates and exceedance probabilities for each lead time.</summary>
public sealed class RainForecast
{
    public required RadarGrid Grid { get; init; }

    /// <summary>The valid time of the newest scan that was used, UTC.</summary>
    public required DateTimeOffset IssueTime { get; init; }

    /// <summary>The time from the issue time to each map, rising.</summary>
    public required IReadOnlyList<TimeSpan> LeadTimes { get; init; }

    /// <summary>mm/h for each lead, row-major; NaN where nothing can be said.</summary>
    public required IReadOnlyList<float[]> RainRate { get; init; }

    /// <summary>
    /// mm/h for each lead: the mean of the forecast distribution, for amounts; <see cref="RainRate"/> is drawn for maps. The same where a
    /// method knows one rate only.
    /// </summary>
    public IReadOnlyList<float[]> MeanRate { get => field ?? RainRate; init; }

    /// <summary>Rain rates in mm/h, rising, whose exceedance probability is given.</summary>
    public required IReadOnlyList<float> Thresholds { get; init; }

    /// <summary>0 to 1 for each threshold, then each lead, row-major; NaN where nothing can be said.</summary>
    public required IReadOnlyList<IReadOnlyList<float[]>> ExceedanceProbability { get; init; }

    /// <summary>mm/h for each member, then each lead; empty for a deterministic forecast.</summary>
    public IReadOnlyList<IReadOnlyList<float[]>> Members { get; init; } = [];

    /// <summary>
    /// True, for each lead, where the air of a pixel comes from outside the grid or from where no radar looked, so that
    /// the rate is not known and the probabilities are climatology; empty where the method does not follow the air.
    /// </summary>
    public IReadOnlyList<bool[]> AirFromOutside { get; init; } = [];

    public required ForecastProvenance Provenance { get; init; }

    /// <summary>The same forecast with members.</summary>
    internal RainForecast With(IReadOnlyList<IReadOnlyList<float[]>> members) => new()
    {
        Grid = Grid, IssueTime = IssueTime, LeadTimes = LeadTimes, RainRate = RainRate, MeanRate = MeanRate, Thresholds = Thresholds,
        ExceedanceProbability = ExceedanceProbability,
        AirFromOutside = AirFromOutside, Provenance = Provenance, Members = members,
    };

    /// <summary>The valid time of a lead.</summary>
    public DateTimeOffset ValidTime(int lead) => IssueTime + LeadTimes[lead];
}

/// <summary>Where a forecast comes from, so that it can be traced and made again.</summary>
/// <param name="Method">The name in <see cref="Methods.ForecastMethods"/>.</param>
/// <param name="ModelVersion">The version of the checkpoint, or of the method where there is none.</param>
/// <param name="ModelChecksum">SHA-256 of the checkpoint in hexadecimal, empty where there is none.</param>
/// <param name="Inputs">The valid times of the scans that were read, oldest first.</param>
/// <param name="InputQuality">The share of observed pixels in each of them, 0 to 1.</param>
public sealed record ForecastProvenance(
    string Method, string ModelVersion, string ModelChecksum,
    IReadOnlyList<DateTimeOffset> Inputs, IReadOnlyList<double> InputQuality);
