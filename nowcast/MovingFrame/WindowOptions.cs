using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;

namespace ConvLstm.Nowcast.MovingFrame;

/// <summary>The windows of a training.</summary>
public sealed record WindowOptions
{
    /// <summary>Scans that the network reads.</summary>
    public int Past { get; init; } = 4;

    /// <summary>Frames that it learns to predict.</summary>
    public int Future { get; init; } = 6;

    /// <summary>
    /// Whether windows are also cut from every second, third … scan, up to ten minutes apart, each as far ahead as <see cref="Lead"/> or
    /// its series reach: for a network that is told the step.
    /// </summary>
    public bool SeveralSteps { get; init; }

    /// <summary>How far ahead windows of several steps look.</summary>
    public TimeSpan Lead { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>
    /// What the size of a pixel is multiplied with, drawn for each batch: rain of other scales than those trained on shall be judged by
    /// how fast it was forgotten, not by its scale alone.
    /// </summary>
    public IReadOnlyList<double> Scales { get; init; } = [1];

    /// <summary>The side of the square that is cut out, in pixels.</summary>
    public int Crop { get; init; } = 96;

    /// <summary>The share of the archive, in blocks of time, that is kept for validation.</summary>
    public double ValidationShare { get; init; } = 0.15;

    /// <summary>The most windows that are validated on.</summary>
    public int ValidationWindows { get; init; } = 32;

    public Normalisation Normalisation { get; init; } = Normalisation.Default;

    /// <exception cref="ReportedException">A window of these lengths and sizes cannot be cut.</exception>
    internal void Check()
    {
        if (Past < 2)
            throw new ReportedException($"The motion of rain needs 2 past scans or more, not {Past}.");
        if (Future < 1 || Crop < 1)
            throw new ReportedException($"Windows of {Future} future frames and {Crop} pixels hold nothing to learn: give 1 or more.");
    }
}
