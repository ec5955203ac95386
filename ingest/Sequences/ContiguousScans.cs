namespace ConvLstm.Nowcast.Ingest.Sequences;

/// <summary>Puts scans that follow each other on the time axis of their step.</summary>
internal sealed class ContiguousScans(SequencingOptions options, SequencingResult result, CancellationToken cancellation)
{
    private readonly List<ScanSeries> _series = (List<ScanSeries>)result.Series;
    private readonly List<DroppedScan> _dropped = (List<DroppedScan>)result.Dropped;
    private readonly List<SequenceGap> _gaps = (List<SequenceGap>)result.Gaps;

    internal void Arrange(List<IScan> sorted, TimeSpan? found)
    {
        if (found is not { } step)
        {
            // All at one time: doubles of a scan that has no neighbour.
            _dropped.AddRange(sorted.Select(s => new DroppedScan(s, "no other scan is near it, so it has no step")));
            return;
        }
        var phase = Sequencing.FindPhase(sorted, step);
        var bySlot = new SortedDictionary<long, IScan>();
        foreach (var scan in sorted)
        {
            var slot = (long)Math.Round((scan.ValidTime.Ticks - phase) / (double)step.Ticks);
            var off = Math.Abs(scan.ValidTime.Ticks - phase - (slot * step.Ticks));
            if (off > options.Jitter * step.Ticks)
                _dropped.Add(new DroppedScan(scan, $"{scan.ValidTime:u} is off the step of {step.TotalMinutes:0.##} minutes"));
            else if (!bySlot.TryAdd(slot, scan))
                bySlot[slot] = Choose(bySlot[slot], scan);
        }
        DateTimeOffset Time(long slot) => new(phase + (slot * step.Ticks), TimeSpan.Zero);
        Join(bySlot, step, Time);
    }

    // A scan that is sent again is usually the more complete one; the later file decides between equals.
    private IScan Choose(IScan first, IScan second)
    {
        var (before, after) = (Observed(first), Observed(second));
        var (kept, left) = after >= before ? (second, first) : (first, second);
        _dropped.Add(new DroppedScan(left, $"a double of {kept.Source} at {kept.ValidTime:u}, which "
            + (before == after ? "came later" : "observed more")));
        return kept;
    }

    // A double whose data cannot be read has observed nothing; whoever reads the one that is kept will see an error of its own.
    private int Observed(IScan scan)
    {
        try
        {
            return scan.Read(cancellation).RainRate.Count(r => !float.IsNaN(r));
        }
        catch (RadarFileException)
        {
            return -1;
        }
    }

    private void Join(SortedDictionary<long, IScan> bySlot, TimeSpan step, Func<long, DateTimeOffset> time)
    {
        var run = new List<IScan>();
        long first = 0, last = 0;
        foreach (var (slot, scan) in bySlot)
        {
            var missing = (int)Math.Min(slot - last - 1, int.MaxValue);
            if (run.Count > 0 && missing > 0 && !TryFill(run, scan, missing, i => time(last + 1 + i)))
            {
                _series.Add(new ScanSeries(step, time(first), run));
                run = [];
            }
            if (run.Count == 0)
                first = slot;
            run.Add(scan);
            last = slot;
        }
        if (run.Count > 0)
            _series.Add(new ScanSeries(step, time(first), run));
    }

    private bool TryFill(List<IScan> run, IScan next, int missing, Func<int, DateTimeOffset> time)
    {
        var filled = missing <= options.Filling.LongestGap
            ? options.Filling.Fill(run[^1], next, Enumerable.Range(0, missing).Select(time).ToArray())
            : [];
        var complete = filled.Count == missing;
        _gaps.Add(new SequenceGap(run[^1], next, missing, complete));
        if (complete)
            run.AddRange(filled);
        return complete;
    }
}
