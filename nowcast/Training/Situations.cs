using ConvLstm.Nowcast.Cascade;
using ConvLstm.Nowcast.Ingest.Sequences;

namespace ConvLstm.Nowcast.Training;

/// <summary>The situations of an archive that a cascade network learns from or is scored on.</summary>
internal static class Situations
{
    /// <summary>Scans before the newest one, where there are as many.</summary>
    internal const int MostPast = 6;

    private static readonly TimeSpan LongestLead = TimeSpan.FromMinutes(60);
    private static readonly TimeSpan ShortestLead = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan LongestStep = TimeSpan.FromMinutes(10);

    /// <param name="series">The archive.</param>
    /// <param name="events">The event of each.</param>
    /// <param name="apart">The time from one to the next.</param>
    /// <param name="severalSteps">Whether scans ten minutes apart are taken out of denser ones as well: a network shall know other steps
    /// than those of its archives.</param>
    internal static IEnumerable<Situation> Of(IReadOnlyList<ScanSeries> series, IReadOnlyList<int> events, TimeSpan apart,
        bool severalSteps)
    {
        for (var i = 0; i < series.Count; i++)
        {
            var strides = severalSteps ? Math.Max(1, (int)(LongestStep / series[i].Step)) : 1;
            foreach (var stride in (int[])[.. new[] { 1, strides }.Distinct()])
            {
                foreach (var situation in OfOne(series[i].Every(stride, 0), events[i], apart))
                    yield return situation;
            }
        }
    }

    private static IEnumerable<Situation> OfOne(ScanSeries series, int weather, TimeSpan apart)
    {
        var every = Math.Max(1, (int)Math.Round(apart / series.Step));
        var least = (int)Math.Ceiling(ShortestLead / series.Step);
        for (var newest = Math.Min(MostPast - 1, Math.Max(LocalGrowth.Scans - 1, series.Scans.Count / 3)); newest
            + least < series.Scans.Count; newest += every)
            yield return new(weather, series, newest, Math.Min((int)(LongestLead / series.Step), series.Scans.Count - 1 - newest));
    }
}
