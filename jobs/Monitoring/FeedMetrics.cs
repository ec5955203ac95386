using System.Diagnostics.Metrics;
using ConvLstm.Nowcast.Jobs.Feed;

namespace ConvLstm.Nowcast.Jobs.Monitoring;

/// <summary>The instruments of the feeds.</summary>
internal static class FeedMetrics
{
    private static readonly Counter<long> Scans = NowcastMeter.Instance.CreateCounter<long>("nowcast.ingest.scans",
        description: "New scans that were stored, by whether the quality control let them pass.");
    private static readonly Counter<long> Quarantined =
        NowcastMeter.Instance.CreateCounter<long>("nowcast.ingest.quarantined", description: "Files that could not be used.");

    /// <summary>Counts begin at 0, so that the first scan is seen as a change.</summary>
    internal static void Declare() => Add(0, 0, 0);

    internal static void Ingested(FeedSummary summary) => Add(summary.Stored - summary.Marked, summary.Marked, summary.Quarantined);

    private static void Add(long usable, long bad, long quarantined)
    {
        Scans.Add(usable, new KeyValuePair<string, object?>("quality", "usable"));
        Scans.Add(bad, new KeyValuePair<string, object?>("quality", "bad"));
        Quarantined.Add(quarantined);
    }
}
