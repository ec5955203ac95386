using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Interpolation;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Nowcasts;

/// <summary>The newest scans of a grid as a regular sequence: bad ones left out, short gaps filled.</summary>
internal static class NewestScans
{
    private static readonly SequencingOptions Options = new() { Filling = MotionGapFilling.Instance };

    /// <summary>At most <paramref name="count"/> scans, the last one observed; null where no two follow each other.</summary>
    internal static async Task<RadarSequence?> LoadAsync(NowcastDatabase database, string grid, int count, CancellationToken cancellation)
    {
        var frames = await database.Scans.LatestAsync(grid, count, usableOnly: true, cancellation);
        return Sequence(frames, count, cancellation);
    }

    /// <summary>The same as of a past time; null too where the scan of that time itself is not usable.</summary>
    internal static async Task<RadarSequence?> LoadAsync(
        NowcastDatabase database, string grid, DateTimeOffset from, DateTimeOffset issueTime, int count, CancellationToken cancellation)
    {
        var frames = await database.Scans.LoadFramesAsync(grid, from, issueTime, usableOnly: true, cancellation);
        return frames.Count > 0 && frames[^1].ValidTime == issueTime
            && Sequence([.. frames.TakeLast(count)], count, cancellation) is { } past && past.IssueTime == issueTime ? past : null;
    }

    private static RadarSequence? Sequence(IReadOnlyList<RadarFrame> frames, int count, CancellationToken cancellation)
    {
        var series = Sequencing.Arrange(frames.Select(f => new FrameScan(f)), Options, cancellation).Series.MaxBy(s => s.End);
        if (series is null || series.Scans.Count < 2)
            return null;
        // The run of a scan is found by its time.
        var newest = series.FromNewest();
        var used = Math.Min(count, newest.Scans.Count);
        return newest.Load(newest.Scans.Count - used, used, null, cancellation);
    }
}
