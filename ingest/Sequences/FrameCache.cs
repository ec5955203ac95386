namespace ConvLstm.Nowcast.Ingest.Sequences;

/// <summary>
/// Keeps the frames that were used last, up to a number of bytes, so that overlapping windows read each file once. Thread safe.
/// </summary>
public sealed class FrameCache(long capacityBytes)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IScan, LinkedListNode<(IScan Scan, RadarFrame Frame)>> _byScan = [];
    private readonly LinkedList<(IScan Scan, RadarFrame Frame)> _newestFirst = new();
    private long _bytes;

    /// <summary>The frame of a scan, from memory or from its file.</summary>
    public RadarFrame Get(IScan scan, CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            if (_byScan.TryGetValue(scan, out var known))
            {
                _newestFirst.Remove(known);
                _newestFirst.AddFirst(known);
                return known.Value.Frame;
            }
        }
        // Read outside the lock; two threads that miss the same scan read it twice and keep one.
        var frame = scan.Read(cancellation);
        lock (_gate)
        {
            if (_byScan.TryAdd(scan, new LinkedListNode<(IScan, RadarFrame)>((scan, frame))))
            {
                _newestFirst.AddFirst(_byScan[scan]);
                _bytes += Size(frame);
            }
            while (_bytes > capacityBytes && _newestFirst.Last is { } oldest)
            {
                _newestFirst.RemoveLast();
                _byScan.Remove(oldest.Value.Scan);
                _bytes -= Size(oldest.Value.Frame);
            }
        }
        return frame;
    }

    private static long Size(RadarFrame frame) => sizeof(float) * (long)frame.RainRate.Length;
}
