using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Interpolation;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Retraining;

/// <summary>The newest window of the archive, divided into what is trained on and the blocks of time that decide.</summary>
/// <param name="Training">Series to train on.</param>
/// <param name="HeldOut">Series that training never sees.</param>
internal sealed record RecentArchive(IReadOnlyList<ScanSeries> Training, IReadOnlyList<ScanSeries> HeldOut)
{
    /// <summary>Fewer are no data to learn or to decide from.</summary>
    private const int LeastScans = 24;

    /// <summary>Of the hindcast, whatever a network reads.</summary>
    private const int LeastPast = 4;

    /// <summary>The end of a block is at least this many times as long as what one forecast needs.</summary>
    private const double ForecastsABlock = 1.3;

    private static readonly TimeSpan ReadAtOnce = TimeSpan.FromHours(3);

    /// <summary>Reads the grid with the most scans; null where they are too few.</summary>
    internal static async Task<RecentArchive?> LoadAsync(
        NowcastDatabase database, RetrainSettings settings, TimeSpan lead, DateTimeOffset now, string folder,
            CancellationToken cancellation)
    {
        var from = now - TimeSpan.FromDays(settings.Days);
        var hours = new List<ArchiveHours>();
        foreach (var grid in await database.Grids.ListAsync(cancellation))
        {
            var scans = await database.Scans.ListAsync(grid.Grid.Name, from, now, cancellation);
            if (scans.Count > hours.Sum(h => h.Scans))
                hours = ArchiveHours.Of(grid.Grid.Name, scans, ReadAtOnce);
        }
        var chosen = ArchiveHours.Choose(hours, settings.MaxScans, settings.WetShare);
        var spilled = new List<IScan>();
        foreach (var part in chosen.OrderBy(h => h.Start))
        {
            foreach (var frame in await database.Scans.LoadFramesAsync(part.Grid, part.Start,
                part.Start + ReadAtOnce - TimeSpan.FromTicks(1), usableOnly: true, cancellation))
                spilled.Add(await ScanOnDisk.WriteAsync(folder, frame, cancellation));
        }
        if (spilled.Count < LeastScans)
            return null;
        var series = Sequencing.Arrange(spilled, new() { Filling = MotionGapFilling.Instance }, cancellation).Series;
        // One step: a feed that changed its own leaves the larger part.
        var step = series.GroupBy(s => s.Step).MaxBy(g => g.Sum(s => s.Scans.Count))!.Key;
        var archive = Divide([.. series.Where(s => s.Step == step)], settings, lead);
        var window = Window(settings, lead, step);
        return archive.Training.Any(s => s.Scans.Count >= window) && archive.HeldOut.Any(s => s.Scans.Count >= window) ? archive : null;
    }

    /// <summary>Scans that one held-out forecast needs: before it, its own, and those that verify it.</summary>
    private static int Window(RetrainSettings settings, TimeSpan lead, TimeSpan step) =>
        Math.Max(settings.Past, LeastPast) + 1 + (int)(lead / step);

    /// <summary>
    /// The span of time in equal blocks; the end of each, the newest scans among them, is held out. Fewer blocks than set where their
    /// ends would be too short for a few forecasts.
    /// </summary>
    internal static RecentArchive Divide(IReadOnlyList<ScanSeries> series, RetrainSettings settings, TimeSpan lead)
    {
        var (start, end, step) = (series.Min(s => s.Start), series.Max(s => s.End), series[0].Step);
        var span = end - start + step;
        var blocks = Math.Clamp((int)(span * settings.HeldOutShare / (ForecastsABlock * Window(settings, lead, step) * step)), 1,
            Math.Max(1, settings.Blocks));
        var block = span / blocks;
        var (training, heldOut) = (new List<ScanSeries>(), new List<ScanSeries>());
        foreach (var one in series)
        {
            for (var (first, i) = (0, 1); i <= one.Scans.Count; i++)
            {
                if (i < one.Scans.Count && IsHeldOut(one.TimeOf(i)) == IsHeldOut(one.TimeOf(first))
                    && BlockOf(one.TimeOf(i)) == BlockOf(one.TimeOf(first)))
                    continue;
                if (i - first > 1)
                    (IsHeldOut(one.TimeOf(first)) ? heldOut : training).Add(one.Part(first, i - first));
                first = i;
            }
        }
        return new(training, heldOut);

        int BlockOf(DateTimeOffset time) => (int)((time - start) / block);
        bool IsHeldOut(DateTimeOffset time) => ((time - start) / block) - BlockOf(time) >= 1 - settings.HeldOutShare;
    }

    internal string Describe() =>
        $"{Training.Sum(s => s.Scans.Count)} scans of {Training[0].Grid.Name} to train on from {Training.Min(s => s.Start):u} to "
            + $"{Training.Max(s => s.End):u}, "
        + $"{HeldOut.Sum(s => s.Scans.Count)} held out in {HeldOut.Count} blocks up to {HeldOut.Max(s => s.End):u}";
}
