using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;

namespace ConvLstm.Nowcast.Files;

/// <summary>What a forecast file holds, without its maps.</summary>
/// <param name="Grid">Where the pixels lie.</param>
/// <param name="IssueTime">UTC.</param>
/// <param name="LeadTimes">Rising.</param>
/// <param name="Thresholds">mm/h, rising; of each a probability for each lead.</param>
/// <param name="Members">How many there are.</param>
/// <param name="HasMeanRate">False for files from before there was a mean: they have one rate for all.</param>
/// <param name="HasAirFromOutside">Whether it says where the air of a pixel comes from.</param>
/// <param name="Provenance">Where the forecast comes from.</param>
public sealed record ForecastContents(
    RadarGrid Grid, DateTimeOffset IssueTime, IReadOnlyList<TimeSpan> LeadTimes, IReadOnlyList<float> Thresholds, int Members,
    bool HasMeanRate, bool HasAirFromOutside, ForecastProvenance Provenance)
{
    // A series is a map for each lead: the rate, its mean, the probabilities of each threshold, the members, the air from outside.
    internal const int MeanRate = 1;

    internal int FirstProbability => HasMeanRate ? 2 : 1;

    internal int FirstMember => FirstProbability + Thresholds.Count;

    internal int AirFromOutside => FirstMember + Members;

    internal int SeriesCount => AirFromOutside + (HasAirFromOutside ? 1 : 0);

    /// <summary>Reads its maps, one after the other in the order of the series.</summary>
    /// <param name="read">Reads a map: its series times the number of leads, and its lead.</param>
    /// <param name="cancellation">Stops between two maps.</param>
    public RainForecast Read(ScanReading read, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(read);
        var rate = Series(0);
        return new RainForecast
        {
            Grid = Grid,
            IssueTime = IssueTime,
            LeadTimes = LeadTimes,
            Thresholds = Thresholds,
            Provenance = Provenance,
            RainRate = rate,
            MeanRate = HasMeanRate ? Series(MeanRate) : rate,
            ExceedanceProbability = [.. Enumerable.Range(FirstProbability, Thresholds.Count).Select(Series)],
            Members = [.. Enumerable.Range(FirstMember, Members).Select(Series)],
            AirFromOutside = HasAirFromOutside
                ? [.. Series(AirFromOutside).Select(map => Array.ConvertAll(map, outside => outside != 0))] : [],
        };

        float[][] Series(int series) => [.. Enumerable.Range(series * LeadTimes.Count, LeadTimes.Count).Select(Map)];

        float[] Map(int index)
        {
            cancellation.ThrowIfCancellationRequested();
            var map = GC.AllocateUninitializedArray<float>(Grid.PixelCount);
            read(index, map);
            return map;
        }
    }
}
