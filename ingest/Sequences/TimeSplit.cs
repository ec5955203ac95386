namespace ConvLstm.Nowcast.Ingest.Sequences;

/// <summary>What a scan is used for.</summary>
public enum DataPart
{
    Training,
    Validation,
    Test,
}

/// <summary>
/// Training, validation and test by blocks of time, so that no scan serves two of them, also not as scans of neighbouring grids at one
/// time. Blocks take turns (training, validation, test, training …) where there are enough scans, so that each part sees different weather.
/// </summary>
public sealed class TimeSplit
{
    // A block of two windows' length loses no more than half of its windows to its borders.
    private const int WindowsPerBlock = 2;

    private readonly Dictionary<DateTimeOffset, DataPart> _parts = [];

    /// <param name="series">All that is to be divided.</param>
    /// <param name="windowLength">Past and future frames of a window together; no block is shorter.</param>
    /// <param name="validationShare">0 to 1.</param>
    /// <param name="testShare">0 to 1; with the other below 1.</param>
    public TimeSplit(IEnumerable<ScanSeries> series, int windowLength, double validationShare = 0.15, double testShare = 0)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentOutOfRangeException.ThrowIfLessThan(windowLength, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(validationShare);
        ArgumentOutOfRangeException.ThrowIfNegative(testShare);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(validationShare + testShare, 1);
        var times = series.SelectMany(s => Enumerable.Range(0, s.Scans.Count).Select(s.TimeOf)).Distinct().Order().ToArray();
        double[] shares = [.. new[] { validationShare, testShare }.Where(s => s > 0)];
        var cycleLength = shares.Length == 0 ? times.Length : (int)Math.Ceiling(WindowsPerBlock * windowLength / shares.Min());
        var cycles = Math.Max(1, times.Length / Math.Max(1, cycleLength));
        for (var cycle = 0; cycle < cycles; cycle++)
        {
            var from = (int)((long)times.Length * cycle / cycles);
            var to = (int)((long)times.Length * (cycle + 1) / cycles);
            Divide(times.AsSpan(from, to - from), windowLength, validationShare, testShare);
        }
    }

    /// <summary>The part of a window; null for one that reaches over the border of two blocks and serves none.</summary>
    public DataPart? PartOf(TrainingWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        var part = _parts[window.Series.TimeOf(window.Start)];
        for (var i = 1; i < window.Length; i++)
        {
            if (_parts[window.Series.TimeOf(window.Start + i)] != part)
                return null;
        }
        return part;
    }

    /// <summary>The windows of one part.</summary>
    public IReadOnlyList<TrainingWindow> Select(IEnumerable<TrainingWindow> windows, DataPart part) =>
        windows.Where(w => PartOf(w) == part).ToArray();

    private void Divide(ReadOnlySpan<DateTimeOffset> times, int windowLength, double validationShare, double testShare)
    {
        int Block(int all, double share) => share == 0 ? 0 : Math.Max(windowLength, (int)Math.Round(share * all));
        var (validation, test) = (Block(times.Length, validationShare), Block(times.Length, testShare));
        // Too few scans for a window in each part: all of them train.
        if (times.Length - validation - test < windowLength)
            (validation, test) = (0, 0);
        for (var i = 0; i < times.Length; i++)
        {
            _parts[times[i]] = i < times.Length - validation - test ? DataPart.Training
                : i < times.Length - test ? DataPart.Validation : DataPart.Test;
        }
    }
}
