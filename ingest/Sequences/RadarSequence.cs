namespace ConvLstm.Nowcast.Ingest.Sequences;

/// <summary>Scans of one grid at a regular step, oldest first.</summary>
public sealed class RadarSequence
{
    /// <exception cref="ArgumentException">No frame, a frame of another grid, or times off the step.</exception>
    public RadarSequence(TimeSpan step, IReadOnlyList<RadarFrame> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Count == 0)
            throw new ArgumentException("A sequence holds at least one frame.", nameof(frames));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(step, TimeSpan.Zero);
        for (var i = 1; i < frames.Count; i++)
        {
            if (!frames[i].Grid.CoversTheSame(frames[0].Grid))
                throw new ArgumentException($"Frame {i} is on grid {frames[i].Grid.Name}, the first on {frames[0].Grid.Name}.",
                    nameof(frames));
            if (frames[i].ValidTime - frames[i - 1].ValidTime != step)
                throw new ArgumentException($"Frame {i} at {frames[i].ValidTime:O} does not follow the one before by {step}.",
                    nameof(frames));
        }
        Step = step;
        Frames = frames;
    }

    /// <summary>The time between two frames.</summary>
    public TimeSpan Step { get; }

    /// <summary>The scans, oldest first.</summary>
    public IReadOnlyList<RadarFrame> Frames { get; }

    public RadarGrid Grid => Frames[0].Grid;

    /// <summary>The valid time of the newest scan: the issue time of a forecast made from it.</summary>
    public DateTimeOffset IssueTime => Frames[^1].ValidTime;

    /// <summary>The part of <paramref name="count"/> frames that begins at <paramref name="start"/>.</summary>
    public RadarSequence Slice(int start, int count) => new(Step, Frames.Skip(start).Take(count).ToArray());
}
