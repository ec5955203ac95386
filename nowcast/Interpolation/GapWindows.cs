using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model.Training;
using ConvLstm.Nowcast.MovingFrame;

namespace ConvLstm.Nowcast.Interpolation;

/// <summary>What an interpolator is trained on.</summary>
public sealed record GapOptions
{
    /// <summary>Missing scans between two runs of scans.</summary>
    public int Gap { get; init; } = 2;

    /// <summary>Scans read on each side of the gap.</summary>
    public int Side { get; init; } = 2;

    /// <summary>The side of the squares, pixels.</summary>
    public int Crop { get; init; } = 96;

    /// <summary>Squares cut; the wettest of a few places in a window is taken.</summary>
    public int Crops { get; init; } = 320;

    public int ValidationCrops { get; init; } = 32;

    /// <summary>Nearly linear, as the error to make small is that of rates.</summary>
    public Normalisation Normalisation { get; init; } = new(10, 100);

    public int Seed { get; init; } = 1;
}

/// <summary>Gaps made in an archive without gaps: squares of the scans around them, aligned to each missing scan, and that scan.</summary>
public sealed class GapWindows : ITrainingWindows, IDisposable
{
    /// <summary>Room for rain that moves in.</summary>
    private const int Margin = 24;

    private const int Places = 4;
    private const double ValidationShare = 0.15;

    private readonly GapOptions _options;
    private readonly List<Tensor>[] _training;
    private readonly List<Tensor>[] _validation;
    private readonly double _stepMinutes;

    /// <exception cref="ReportedException">The archive has no window of that length.</exception>
    public GapWindows(IReadOnlyList<ScanSeries> series, GapOptions options, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        _options = options;
        var length = (2 * options.Side) + options.Gap;
        var windows = series.Select(s => Enumerable.Range(0, Math.Max(0, s.Scans.Count - length + 1))
            .Select(start => (Series: s, Start: start)).ToList()).ToList();
        var random = new Random(options.Seed);
        // The end of each series is for validation; windows that reach into it serve neither.
        var early = windows.SelectMany(w => w.Take((int)(w.Count * (1 - ValidationShare)) - length)).ToList();
        var late = windows.SelectMany(w => w.Skip((int)(w.Count * (1 - ValidationShare)))).ToList();
        if (early.Count == 0 || late.Count == 0)
            throw new ReportedException(
                $"The data have no {length} scans in a row to learn gaps of {options.Gap} from: give longer sequences.");
        _stepMinutes = early[0].Series.Step.TotalMinutes;
        _training = Cut(early, options.Crops, part => progress(0.9 * part));
        _validation = Cut(late, options.ValidationCrops, part => progress(0.9 + (0.1 * part)));

        List<Tensor>[] Cut(List<(ScanSeries Series, int Start)> from, int count, Action<double> report)
        {
            var cut = Enumerable.Range(0, options.Gap).Select(_ => new List<Tensor>()).ToArray();
            // In the order of the archive, so that neighbouring windows find their scans in memory.
            var cache = new FrameCache(1L << 29);
            foreach (var (done, index) in Enumerable.Range(0, count).Select(_ => random.Next(from.Count)).Order().Index())
            {
                cancellation.ThrowIfCancellationRequested();
                var (one, start) = from[index];
                Add(cut, one.Load(start, length, cache, cancellation).Frames, random);
                report((done + 1.0) / count);
            }
            return cut;
        }
    }

    public TrainingBatch DrawTraining(int batch, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        using var scope = NewDisposeScope();
        var missing = random.Next(_options.Gap);
        var crops = Enumerable.Range(0, batch)
            .Select(_ => WetSquares.Turned(_training[missing][random.Next(_training[missing].Count)], random.Next(8)));
        return Batch(stack(crops).MoveToOuterDisposeScope(), missing);
    }

    public IEnumerable<TrainingBatch> Validation(int batch) =>
        Enumerable.Range(0, _options.Gap)
            .SelectMany(missing => _validation[missing].Chunk(batch).Select(crops => Batch(stack(crops), missing)));

    public void Dispose()
    {
        foreach (var crop in _training.Concat(_validation).SelectMany(c => c))
            crop.Dispose();
    }

    private TrainingBatch Batch(Tensor frames, int missing) => new(frames, 2 * _options.Side, _stepMinutes) { Steps = [missing + 1] };

    private void Add(List<Tensor>[] cut, IReadOnlyList<RadarFrame> frames, Random random)
    {
        using var scope = NewDisposeScope();
        var grid = frames[0].Grid;
        var side = Math.Min(_options.Crop + (2 * Margin), Math.Min(grid.Width, grid.Height));
        var (row, column) = WetSquares.Draw(frames[_options.Side], side, Places, random);
        var rain = stack(frames.Select(f => tensor(f.RainRate, [grid.Height, grid.Width]).narrow(0, row, side).narrow(1, column, side)));
        var known = cat([rain.narrow(0, 0, _options.Side), rain.narrow(0, _options.Side + _options.Gap, _options.Side)], 0);
        var gap = new AlignedGap(rain[_options.Side - 1], rain[_options.Side + _options.Gap], _options.Gap);
        var inner = Math.Min(_options.Crop, side);
        var edge = (side - inner) / 2;
        var truth = NormalisedRain.WithMask(rain.narrow(0, _options.Side, _options.Gap), _options.Normalisation);
        for (var missing = 0; missing < _options.Gap; missing++)
        {
            var window = cat([gap.Read(known, missing + 1, _options.Normalisation), truth], 0);
            cut[missing].Add(window.narrow(1, edge, inner).narrow(2, edge, inner).contiguous().clone().DetachFromDisposeScope());
        }
    }
}
