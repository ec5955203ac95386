namespace ConvLstm.Nowcast.Ingest.Sequences;

/// <summary>A stretch of a series that is one training example: past frames to read, future frames to forecast.</summary>
/// <param name="Series">Where its scans are.</param>
/// <param name="Start">The index of its first scan.</param>
/// <param name="Past">Frames up to the issue time, it included.</param>
/// <param name="Future">Frames after the issue time.</param>
public sealed record TrainingWindow(ScanSeries Series, int Start, int Past, int Future)
{
    public int Length => Past + Future;

    /// <summary>The valid time of the newest past scan.</summary>
    public DateTimeOffset IssueTime => Series.TimeOf(Start + Past - 1);

    /// <summary>All its frames, past first.</summary>
    public RadarSequence Load(FrameCache? cache = null, CancellationToken cancellation = default) =>
        Series.Load(Start, Length, cache, cancellation);
}

/// <summary>Cuts series into windows.</summary>
public static class TrainingWindows
{
    /// <summary>
    /// Every window of the given lengths, <paramref name="stride"/> scans apart; series that are too short give none. Past scans may be
    /// made up, future ones, which are the truth, not.
    /// </summary>
    public static IReadOnlyList<TrainingWindow> Cut(IEnumerable<ScanSeries> series, int past, int future, int stride = 1)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentOutOfRangeException.ThrowIfLessThan(past, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(future, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        var windows = new List<TrainingWindow>();
        foreach (var one in series)
        {
            for (var start = 0; start + past + future <= one.Scans.Count; start += stride)
            {
                if (!one.Scans.Skip(start + past).Take(future).Any(s => s.IsInterpolated))
                    windows.Add(new TrainingWindow(one, start, past, future));
            }
        }
        return windows;
    }
}
