namespace ConvLstm.Nowcast.Ingest.Sequences;

/// <summary>
/// Draws windows with rain more often than dry ones. The importance is that of Ravuri et al. (2021), Skilful precipitation nowcasting
/// using deep generative models of radar (<see href="https://doi.org/10.1038/s41586-021-03854-z"/>, methods): a floor plus the mean of 1
/// − exp(−R/s), here of the frames to forecast. Each draw comes with the weight that undoes the preference, so that scores can be unbiased.
/// </summary>
public sealed class WindowSampler
{
    /// <summary>s in mm/h.</summary>
    private const double Saturation = 1;

    /// <summary>The importance of a window without rain; the wettest have about 0.5.</summary>
    private const double Floor = 0.02;

    private readonly IReadOnlyList<TrainingWindow> _windows;
    private readonly double[] _cumulated;
    private readonly double[] _weights;

    /// <param name="windows">What to draw from.</param>
    /// <param name="importance">Above 0, one for each window.</param>
    public WindowSampler(IReadOnlyList<TrainingWindow> windows, IReadOnlyList<double> importance)
    {
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentNullException.ThrowIfNull(importance);
        if (windows.Count == 0 || importance.Count != windows.Count || importance.Any(i => !(i > 0)))
            throw new ArgumentException("Each window needs an importance above 0, and there must be one window.", nameof(importance));
        _windows = windows;
        _cumulated = new double[windows.Count];
        var sum = 0.0;
        for (var i = 0; i < windows.Count; i++)
            _cumulated[i] = sum += importance[i];
        _weights = importance.Select(i => sum / (i * windows.Count)).ToArray();
    }

    /// <summary>Reads each scan once and measures how much rain the windows hold.</summary>
    public static WindowSampler ByRain(IReadOnlyList<TrainingWindow> windows, FrameCache? cache = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(windows);
        var wetness = new Dictionary<IScan, double>();
        double Wetness(IScan scan)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!wetness.TryGetValue(scan, out var value))
                wetness[scan] = value = SaturatedMean((cache?.Get(scan, cancellation) ?? scan.Read(cancellation)).RainRate);
            return value;
        }
        return new WindowSampler(windows, windows
            .Select(w => Floor + Enumerable.Range(w.Start + w.Past, w.Future).Average(i => Wetness(w.Series.Scans[i]))).ToArray());
    }

    /// <summary>A window, and the weight of its loss in an unbiased mean; weights average 1.</summary>
    public (TrainingWindow Window, double Weight) Draw(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var at = Array.BinarySearch(_cumulated, random.NextDouble() * _cumulated[^1]);
        var index = Math.Min(at < 0 ? ~at : at + 1, _windows.Count - 1);
        return (_windows[index], _weights[index]);
    }

    private static double SaturatedMean(float[] rainRate)
    {
        var (sum, observed) = (0.0, 0);
        foreach (var rate in rainRate)
        {
            if (float.IsNaN(rate))
                continue;
            observed++;
            if (rate > 0)
                sum += 1 - Math.Exp(-rate / Saturation);
        }
        return observed == 0 ? 0 : sum / observed;
    }
}
