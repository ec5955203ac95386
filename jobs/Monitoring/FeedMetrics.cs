using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ConvLstm.Nowcast.Jobs.Feed;

namespace ConvLstm.Nowcast.Jobs.Monitoring;

/// <summary>The instruments of the feeds.</summary>
internal static class FeedMetrics
{
    private static readonly ConcurrentDictionary<string, DateTimeOffset> NewestScans = new();
    private static readonly Counter<long> Scans = NowcastMeter.Instance.CreateCounter<long>("nowcast.ingest.scans", description: "New scans that were stored, by whether the quality control let them pass.");
    private static readonly Counter<long> Quarantined = NowcastMeter.Instance.CreateCounter<long>("nowcast.ingest.quarantined", description: "Files that could not be used.");
    private static readonly ObservableGauge<double> Age = NowcastMeter.Instance.CreateObservableGauge(
        "nowcast.feed.newest_scan_time", () => NewestScans.Select(n => new Measurement<double>(n.Value.ToUnixTimeMilliseconds() / 1000.0, new KeyValuePair<string, object?>("grid", n.Key))),
        "s", "The valid time of the newest scan, in seconds since 1970: its age is the time less this.");

    internal static void Ingested(FeedSummary summary)
    {
        Scans.Add(summary.Stored - summary.Marked, new KeyValuePair<string, object?>("quality", "usable"));
        Scans.Add(summary.Marked, new KeyValuePair<string, object?>("quality", "bad"));
        Quarantined.Add(summary.Quarantined);
        _ = Age;
    }

    internal static void Newest(string grid, DateTimeOffset scan) => NewestScans[grid] = scan;
}
