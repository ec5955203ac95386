namespace ConvLstm.Nowcast.Ingest.Sequences;

/// <summary>Scans of one grid at a regular step without a gap, oldest first, read when they are needed.</summary>
public sealed class ScanSeries
{
    internal ScanSeries(TimeSpan step, DateTimeOffset start, IReadOnlyList<IScan> scans)
    {
        Step = step;
        Start = start;
        Scans = scans;
    }

    public TimeSpan Step { get; }

    /// <summary>The valid time of the first scan.</summary>
    public DateTimeOffset Start { get; }

    public IReadOnlyList<IScan> Scans { get; }

    public RadarGrid Grid => Scans[0].Grid;

    /// <summary>The valid time of the last scan.</summary>
    public DateTimeOffset End => TimeOf(Scans.Count - 1);

    /// <summary>The regular time of a scan; its file may say a few seconds more or less.</summary>
    public DateTimeOffset TimeOf(int index) => Start + (index * Step);

    /// <summary>The index of the scan at a time, its regular one or the one that its file says; −1 where the series has none.</summary>
    public int IndexOf(DateTimeOffset time)
    {
        var index = Math.Round((time - Start) / Step);
        return index >= 0 && index < Scans.Count && (TimeOf((int)index) == time || Scans[(int)index].ValidTime == time) ? (int)index : -1;
    }

    /// <summary>The same series with its regular times counted from the time that the file of the newest scan says.</summary>
    public ScanSeries FromNewest() => new(Step, Start + (Scans[^1].ValidTime - End), Scans);

    /// <summary>A part of the series, as a series.</summary>
    public ScanSeries Part(int start, int count) => new(Step, TimeOf(start), [.. Scans.Skip(start).Take(count)]);

    /// <summary>Every nth scan, beginning with one of the first n, as a series of its own with a longer step.</summary>
    public ScanSeries Every(int stride, int first) =>
        new(Step * stride, TimeOf(first), [.. Scans.Where((_, i) => i >= first && (i - first) % stride == 0)]);

    /// <summary>Reads a part of the series.</summary>
    /// <param name="start">The first scan.</param>
    /// <param name="count">How many.</param>
    /// <param name="cache">Frames that were read before, where windows overlap.</param>
    /// <param name="cancellation">Stops between two scans.</param>
    /// <exception cref="RadarFileException">A file is gone or damaged.</exception>
    public RadarSequence Load(int start, int count, FrameCache? cache = null, CancellationToken cancellation = default)
    {
        var frames = new RadarFrame[count];
        for (var i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var scan = Scans[start + i];
            var frame = cache?.Get(scan, cancellation) ?? scan.Read(cancellation);
            var time = TimeOf(start + i);
            frames[i] = frame.ValidTime == time ? frame : new RadarFrame(frame.Grid, time, frame.RainRate)
            {
                IsInterpolated = frame.IsInterpolated, ScanTime = frame.ScanTime,
            };
        }
        return new RadarSequence(Step, frames);
    }

    /// <summary>Reads the whole series into memory.</summary>
    public RadarSequence Load(CancellationToken cancellation = default) => Load(0, Scans.Count, null, cancellation);
}
