using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Storage.Queries;

/// <summary>A run's maps as small integers, to be held in memory and asked thousands of times a second.</summary>
/// <param name="Run">What it is.</param>
/// <param name="Grid">Where its pixels lie.</param>
/// <param name="LeadSeconds">The maps that were read, rising: all of the run's, or one.</param>
/// <param name="Rates">Hundredths of mm/h for each lead, row-major; <see cref="Unknown"/> where nothing can be said.</param>
/// <param name="Means">The same of the mean of the distribution.</param>
/// <param name="Percent">Per cent for each threshold, then each lead, row-major; 255 where nothing can be said.</param>
public sealed record PackedRun(
    RunSummary Run, RadarGrid Grid, IReadOnlyList<int> LeadSeconds, IReadOnlyList<ushort[]> Rates, IReadOnlyList<ushort[]> Means,
    IReadOnlyList<IReadOnlyList<byte[]>> Percent)
{
    /// <summary>In the place of a rate: nothing can be said.</summary>
    public const ushort Unknown = ushort.MaxValue;

    /// <summary>In the place of a percentage: nothing can be said.</summary>
    public const byte UnknownPercent = 255;

    /// <summary>What it takes in memory.</summary>
    public long Bytes => (long)Grid.PixelCount * LeadSeconds.Count * (4 + Percent.Count);

    /// <summary>mm/h; null where nothing can be said.</summary>
    public float? Rate(int lead, int pixel) => Rates[lead][pixel] is var rate && rate != Unknown ? rate / 100f : null;

    /// <summary>The mean of the distribution, mm/h; null where nothing can be said.</summary>
    public float? Mean(int lead, int pixel) => Means[lead][pixel] is var mean && mean != Unknown ? mean / 100f : null;

    /// <summary>0 to 1; null where nothing can be said.</summary>
    public float? Probability(int threshold, int lead, int pixel) =>
        Percent[threshold][lead][pixel] is var percent && percent != UnknownPercent ? percent / 100f : null;

    /// <summary>The valid time of a lead.</summary>
    public DateTimeOffset ValidTime(int lead) => Run.IssueTime.AddSeconds(LeadSeconds[lead]);

    /// <summary>The map that is <paramref name="leadSeconds"/> ahead, or −1.</summary>
    public int LeadIndex(int leadSeconds)
    {
        for (var i = 0; i < LeadSeconds.Count; i++)
        {
            if (LeadSeconds[i] == leadSeconds)
                return i;
        }
        return -1;
    }
}
