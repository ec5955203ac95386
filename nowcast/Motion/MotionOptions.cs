namespace ConvLstm.Nowcast.Motion;

/// <summary>How motion is found. Lengths are pixels of the radar grid.</summary>
public sealed record MotionOptions
{
    // Rain that is scanned often moves little from scan to scan, and a few pairs average what noise does to it.
    private const double MinutesSpanned = 10;

    /// <summary>The options for scans at a step: pairs that span 10 minutes, two at least.</summary>
    public static MotionOptions For(TimeSpan step) =>
        new() { ScanPairs = (int)Math.Clamp(Math.Ceiling(MinutesSpanned / step.TotalMinutes), 2, 5) };

    /// <summary>How many pairs of consecutive scans are pooled, newest first.</summary>
    public int ScanPairs { get; init; } = 2;

    /// <summary>The rate in mm/h at which log-rain turns from linear to logarithmic: log(1 + rate / this).</summary>
    public double RainScale { get; init; } = 0.5;

    /// <summary>The spacing of the motion vectors; between them the field is bilinear. A power of two.</summary>
    public int Cell { get; init; } = 8;

    /// <summary>Standard deviation of the Gaussian window over which the normal equations are summed.</summary>
    public double Window { get; init; } = 16;

    /// <summary>Standard deviation of the Gaussian that smooths the field and carries it into dry areas.</summary>
    public double Smoothing { get; init; } = 16;

    /// <summary>The coarsest level of the pyramid, which is reduced by two to this power.</summary>
    public int CoarsestLevel { get; init; } = 4;

    /// <summary>The finest level that is used: 1 stops at half resolution, which is quicker and no worse on rain.</summary>
    public int FinestLevel { get; init; } = 1;

    /// <summary>Warps and solutions at each level.</summary>
    public int Iterations { get; init; } = 3;

    /// <summary>Standard deviation of the blur of each level's images, in pixels of the level.</summary>
    public double Blur { get; init; } = 1.5;

    /// <summary>Residuals are weighted by 1 / (1 + (r / (this × rms))²), Cauchy's weights; 0 weights all alike.</summary>
    public double Robustness { get; init; } = 3;
}
