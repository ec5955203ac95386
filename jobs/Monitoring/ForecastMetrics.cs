using System.Diagnostics;
using System.Diagnostics.Metrics;
using ConvLstm.Nowcast.Jobs.Nowcasts;

namespace ConvLstm.Nowcast.Jobs.Monitoring;

/// <summary>The instruments of the forecasts.</summary>
internal static class ForecastMetrics
{
    internal const string DelayName = "nowcast.forecast.delay";

    private static readonly Counter<long> Forecasts = NowcastMeter.Instance.CreateCounter<long>(
        "nowcast.forecast.published", description: "Forecasts that consumers were given, by the method that answered.");

    private static readonly Histogram<double> Delays = NowcastMeter.Instance.CreateHistogram<double>(
        DelayName, "s", "From the valid time of the newest scan to the published forecast.");

    internal static void Published(SelectedForecast given, DateTimeOffset now)
    {
        var tags = new TagList { { "grid", given.Grid }, { "method", given.Method } };
        Forecasts.Add(1, tags);
        Delays.Record((now - given.IssueTime).TotalSeconds, tags);
    }
}
