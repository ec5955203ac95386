using ConvLstm.Nowcast.Ingest.Sequences;

namespace ConvLstm.Nowcast.Training;

/// <summary>
/// Which series are the same weather: neighbouring grids of one afternoon tell the same story, and a model that was trained on one has
/// seen the other.
/// Scans less than half a day apart are one event, wherever they are.
/// </summary>
internal static class WeatherEvents
{
    private static readonly TimeSpan Apart = TimeSpan.FromHours(12);

    /// <summary>The event of each series, numbered from 0 in the order of time.</summary>
    internal static IReadOnlyList<int> Of(IReadOnlyList<ScanSeries> series)
    {
        var events = new int[series.Count];
        var (current, end) = (-1, DateTimeOffset.MinValue);
        foreach (var index in Enumerable.Range(0, series.Count).OrderBy(i => series[i].Start))
        {
            if (current < 0 || series[index].Start - end > Apart)
                current++;
            end = end > series[index].End ? end : series[index].End;
            events[index] = current;
        }
        return events;
    }
}
