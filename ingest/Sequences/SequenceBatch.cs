namespace ConvLstm.Nowcast.Ingest.Sequences;

/// <summary>A rectangle of pixels of a grid.</summary>
public readonly record struct PixelWindow(int Column, int Row, int Width, int Height)
{
    public static PixelWindow All(RadarGrid grid) => new(0, 0, grid.Width, grid.Height);
}

/// <summary>
/// Sequences as a network reads them: a contiguous array of shape (batch, time, height, width, channels). Channel 0 is the normalised
/// rain, 0 where nothing was observed; channel 1 is 1 where a pixel was observed and 0 where not.
/// </summary>
public sealed class SequenceBatch
{
    /// <summary>Rain and mask.</summary>
    public const int Channels = 2;

    private SequenceBatch(int batch, int time, int height, int width)
    {
        (Batch, Time, Height, Width) = (batch, time, height, width);
        Values = new float[checked((long)batch * time * height * width * Channels)];
    }

    public int Batch { get; }

    public int Time { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>The last index runs fastest.</summary>
    public float[] Values { get; }

    /// <summary>Batch, time, height, width, channels.</summary>
    public long[] Shape => [Batch, Time, Height, Width, Channels];

    /// <param name="sequences">All of one length.</param>
    /// <param name="normalisation">From mm/h to the network's numbers.</param>
    /// <param name="windows">A rectangle for each sequence, all of one size; the whole grid where null.</param>
    /// <exception cref="ArgumentException">Lengths or sizes differ, or a rectangle leaves its grid.</exception>
    public static SequenceBatch Of(
        IReadOnlyList<RadarSequence> sequences, Normalisation normalisation, IReadOnlyList<PixelWindow>? windows = null)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(normalisation);
        if (sequences.Count == 0)
            throw new ArgumentException("A batch holds at least one sequence.", nameof(sequences));
        windows ??= sequences.Select(s => PixelWindow.All(s.Grid)).ToArray();
        if (windows.Count != sequences.Count)
            throw new ArgumentException($"{windows.Count} rectangles do not go with {sequences.Count} sequences.", nameof(windows));
        var batch = new SequenceBatch(sequences.Count, sequences[0].Frames.Count, windows[0].Height, windows[0].Width);
        for (var b = 0; b < sequences.Count; b++)
            batch.Fill(b, sequences[b], windows[b], normalisation);
        return batch;
    }

    private void Fill(int index, RadarSequence sequence, PixelWindow window, Normalisation normalisation)
    {
        if (sequence.Frames.Count != Time || window.Height != Height || window.Width != Width)
            throw new ArgumentException(
                $"Sequence {index} is {sequence.Frames.Count}×{window.Height}×{window.Width}, the batch {Time}×{Height}×{Width}.");
        if (window.Column < 0 || window.Row < 0 || window.Column + Width > sequence.Grid.Width
            || window.Row + Height > sequence.Grid.Height)
            throw new ArgumentException($"{window} leaves the {sequence.Grid.Height}×{sequence.Grid.Width} grid.");
        var to = (long)index * Time * Height * Width * Channels;
        foreach (var frame in sequence.Frames)
        {
            for (var row = 0; row < Height; row++)
            {
                var source = frame.RainRate.AsSpan(((window.Row + row) * sequence.Grid.Width) + window.Column, Width);
                foreach (var rate in source)
                {
                    var observed = !float.IsNaN(rate);
                    // Most pixels are dry and need no logarithm.
                    Values[to++] = observed && rate > 0 ? normalisation.Apply(rate) : 0;
                    Values[to++] = observed ? 1 : 0;
                }
            }
        }
    }
}
