using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model.Training;

namespace ConvLstm.Nowcast.MovingFrame;

/// <summary>
/// Training windows in the frame of the rain: drawn by importance, cut to squares where it rains, turned and mirrored.
/// Growth and decay know no direction once the motion is out, so all eight symmetries of the square are alike.
/// </summary>
public sealed class AlignedWindows : ITrainingWindows
{
    /// <summary>Places tried for a crop; the wettest is taken.</summary>
    private const int Places = 3;

    private readonly WindowOptions _options;
    private readonly AlignedCrops _crops;
    private readonly FrameCache _cache;
    private readonly List<(WindowGroup Group, WindowSampler Sampler)> _training;
    private readonly List<(WindowGroup Group, List<Tensor> Crops)> _validation;
    private readonly CancellationToken _cancellation;

    /// <param name="series">The archive.</param>
    /// <param name="options">Lengths and sizes.</param>
    /// <param name="cache">Frames that were read before.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="ReportedException">An option is outside what makes sense.</exception>
    /// <exception cref="TooFewScansException">The archive has too few scans in a row for a window in each part.</exception>
    public AlignedWindows(IReadOnlyList<ScanSeries> series, WindowOptions options, FrameCache cache, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        (_options, _cache, _cancellation) = (options, cache, cancellation);
        _crops = new(options, cache);
        var (training, validation) = Divide(series, options);
        // An archive of a few hours may have room for the windows of its own step only.
        if (options.SeveralSteps && (training.Count == 0 || validation.Count == 0))
            (training, validation) = Divide(series, options with { SeveralSteps = false });
        if (training.Count == 0 || validation.Count == 0)
        {
            throw new TooFewScansException(
                $"The data give {training.Sum(g => g.Windows.Count)} windows of {options.Past}+{options.Future} scans to train on and "
                    + $"{validation.Sum(g => g.Windows.Count)} to validate on: "
                + "give more scans in a row, or fewer with --past and --future.");
        }
        Windows = training.Sum(g => g.Windows.Count);
        _training = training.ConvertAll(g => (g, WindowSampler.ByRain(g.Windows, cache, cancellation)));
        // One fixed set of crops, so that the losses of epochs can be compared.
        var fixedDraws = new Random(0);
        _validation = validation.ConvertAll(g => (g, Spread(g.Windows, Math.Max(1, options.ValidationWindows / validation.Count))
            .ConvertAll(w => Crop(w, fixedDraws).DetachFromDisposeScope())));
    }

    /// <summary>How many different windows there are to train on, crops and symmetries not counted.</summary>
    public int Windows { get; }

    public TrainingBatch DrawTraining(int batch, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        using var scope = NewDisposeScope();
        var (group, sampler) = DrawGroup(random);
        var crops = new Tensor[batch];
        for (var i = 0; i < batch; i++)
            crops[i] = WetSquares.Turned(Crop(sampler.Draw(random).Window, random), random.Next(8));
        var scale = _options.Scales[random.Next(_options.Scales.Count)];
        return new(stack(crops).MoveToOuterDisposeScope(), group.Past, group.StepMinutes, group.PixelKilometres * scale);
    }

    /// <summary>An archive with many windows is drawn from more often than one with few.</summary>
    private (WindowGroup Group, WindowSampler Sampler) DrawGroup(Random random)
    {
        var window = random.Next(Windows);
        return _training.First(g => (window -= g.Group.Windows.Count) < 0);
    }

    public IEnumerable<TrainingBatch> Validation(int batch) =>
        _validation.SelectMany(g => g.Crops.Chunk(batch)
            .Select(crops => new TrainingBatch(stack(crops), g.Group.Past, g.Group.StepMinutes, g.Group.PixelKilometres)));

    private (List<WindowGroup> Training, List<WindowGroup> Validation) Divide(IReadOnlyList<ScanSeries> series, WindowOptions options)
    {
        var groups = WindowGroup.Of(series, options, _crops);
        var longest = groups.SelectMany(g => g.Windows).Select(w => (w.Length - 1) * (int)(w.Series.Step / Finest(series)))
            .DefaultIfEmpty(0).Max() + 1;
        var split = new TimeSplit(series, longest, options.ValidationShare);
        List<WindowGroup> Part(DataPart part) =>
            [.. groups.Select(g => g with { Windows = split.Select(g.Windows, part) }).Where(g => g.Windows.Count > 0)];
        return (Part(DataPart.Training), Part(DataPart.Validation));
    }

    private static TimeSpan Finest(IReadOnlyList<ScanSeries> series) => series.Min(s => s.Step);

    private Tensor Crop(TrainingWindow window, Random random)
    {
        var side = _crops.SideOn(window.Series.Grid);
        var newest = window.Series.Load(window.Start + window.Past - 1, 1, _cache, _cancellation).Frames[0];
        var (row, column) = WetSquares.Draw(newest, side, Places, random);
        return _crops.Cut(window, row, column, _cancellation);
    }

    private static List<TrainingWindow> Spread(IReadOnlyList<TrainingWindow> windows, int most)
    {
        var count = Math.Min(windows.Count, most);
        return Enumerable.Range(0, count).Select(i => windows[i * windows.Count / count]).ToList();
    }
}
