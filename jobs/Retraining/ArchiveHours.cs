using ConvLstm.Nowcast.Storage.Scans;

namespace ConvLstm.Nowcast.Jobs.Retraining;

/// <summary>Some hours of a grid's archive and how wet they were.</summary>
internal sealed record ArchiveHours(string Grid, DateTimeOffset Start, int Scans, double WetShare)
{
    internal static List<ArchiveHours> Of(string grid, IReadOnlyList<StoredScan> scans, TimeSpan length) =>
    [
        .. scans.GroupBy(s => s.ValidTime.UtcTicks / length.Ticks)
            .Select(g => new ArchiveHours(grid, new DateTimeOffset(g.Key * length.Ticks, TimeSpan.Zero), g.Count(),
                g.Average(s => s.Summary.WetShare))),
    ];

    /// <summary>
    /// All of them where they are few enough; else the wettest up to their share, and for the rest the newest, so that a model also
    /// learns what dry days look like.
    /// </summary>
    internal static IReadOnlyList<ArchiveHours> Choose(IReadOnlyList<ArchiveHours> hours, int mostScans, double wetShare)
    {
        if (hours.Sum(h => h.Scans) <= mostScans)
            return hours;
        var chosen = new List<ArchiveHours>();
        Take(hours.OrderByDescending(h => h.WetShare), (int)(wetShare * mostScans));
        Take(hours.Except(chosen).OrderByDescending(h => h.Start).ToArray(), mostScans);
        return chosen;

        void Take(IEnumerable<ArchiveHours> inOrder, int upTo)
        {
            var scans = chosen.Sum(h => h.Scans);
            foreach (var one in inOrder)
            {
                if (scans + one.Scans > upTo)
                    break;
                chosen.Add(one);
                scans += one.Scans;
            }
        }
    }
}
