namespace ConvLstm.Nowcast.Ingest.Sequences;

/// <summary>Puts scans that follow each other on the time axis of their step.</summary>
internal sealed class ContiguousScans(SequencingOptions options, SequencingResult result, CancellationToken cancellation)
{
    /// <summary>With more scans off the step than this part there is no phase that they keep.</summary>
    private const double LargestShareOff = 0.25;

    /// <summary>The part of a step by which a scan without a phase may follow the one before it early or late.</summary>
    private const double LargestWander = 0.25;

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
        if (sorted.Count(s => Math.Abs(Off(s, phase, step)) > options.Jitter * step.Ticks) > LargestShareOff * sorted.Count)
        {
            Follow(sorted, step);
            return;
        }
        var bySlot = new SortedDictionary<long, IScan>();
        foreach (var scan in sorted)
        {
            if (Math.Abs(Off(scan, phase, step)) > options.Jitter * step.Ticks)
                DropOff(scan, step);
            else
                Take(bySlot, SlotOf(scan, phase, step), scan);
        }
        DateTimeOffset Time(long slot) => new(phase + (slot * step.Ticks), TimeSpan.Zero);
        Join(bySlot, step, Time);
    }

    /// <summary>
    /// A radar that scans when it is ready has a step but no phase: its scans are counted from the newest to the one before it. A series
    /// ends where they are half a step from where a regular step would have them, so that each is still nearest to its own time.
    /// </summary>
    private void Follow(List<IScan> sorted, TimeSpan step)
    {
        var bySlot = new SortedDictionary<long, IScan>();
        var (end, next, slot) = (sorted[^1].ValidTime.Ticks, sorted[^1].ValidTime.Ticks, 0L);
        var followed = new Stack<(SortedDictionary<long, IScan> BySlot, long End)>();
        followed.Push((bySlot, end));
        for (var i = sorted.Count - 1; i >= 0; i--)
        {
            var scan = sorted[i];
            var steps = -SlotOf(scan, next, step);
            if (Math.Abs(Off(scan, next, step)) > LargestWander * step.Ticks)
            {
                DropOff(scan, step);
                continue;
            }
            (next, slot) = (scan.ValidTime.Ticks, slot - steps);
            if (slot != SlotOf(scan, end, step))
            {
                (bySlot, end, slot) = ([], next, 0);
                followed.Push((bySlot, end));
            }
            Take(bySlot, slot, scan);
        }
        foreach (var (part, newest) in followed)
            Join(part, step, s => new(newest + (s * step.Ticks), TimeSpan.Zero));
    }

    private static long SlotOf(IScan scan, long phase, TimeSpan step) =>
        (long)Math.Round((scan.ValidTime.Ticks - phase) / (double)step.Ticks);

    /// <summary>How much later than a multiple of the step, in ticks.</summary>
    private static long Off(IScan scan, long phase, TimeSpan step) =>
        scan.ValidTime.Ticks - phase - (SlotOf(scan, phase, step) * step.Ticks);

    private void DropOff(IScan scan, TimeSpan step) =>
        _dropped.Add(new DroppedScan(scan, $"{scan.ValidTime:u} is off the step of {step.TotalMinutes:0.##} minutes"));

    private void Take(SortedDictionary<long, IScan> bySlot, long slot, IScan scan)
    {
        if (!bySlot.TryAdd(slot, scan))
            bySlot[slot] = Choose(bySlot[slot], scan);
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
