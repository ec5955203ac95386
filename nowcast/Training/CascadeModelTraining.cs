using System.Globalization;
using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using ConvLstm.Nowcast.MovingFrame;

namespace ConvLstm.Nowcast.Training;

/// <summary>What to train a cascade network with.</summary>
public sealed record CascadeTrainingOptions
{
    /// <summary>The widths of its two layers.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [48, 32];

    public int Steps { get; init; } = 3000;

    public double LearningRate { get; init; } = 3e-3;

    /// <summary>Steps of the ConvLSTM after those of the head; 0 for the head alone.</summary>
    public int MemorySteps { get; init; } = 600;

    /// <summary>The rate of the ConvLSTM.</summary>
    public double MemoryRate { get; init; } = 2e-3;

    public long Seed { get; init; } = 1;

    /// <summary>The time from one situation to the next, of each series and step.</summary>
    public TimeSpan Apart { get; init; } = TimeSpan.FromMinutes(25);

    /// <summary>Pixels on a side of the window with most rain that is taken of each situation; 0 for the whole grid.</summary>
    public int Window { get; init; }

    /// <summary>The share of the time, its end, whose situations choose the weights; 0 to take the last weights.</summary>
    public double ValidationShare { get; init; }

    /// <summary>The time that the steps may take; null for as long as they need.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>A checkpoint of a cascade network to go on from; null to begin with the classical forecast.</summary>
    public string? Init { get; init; }
}

/// <summary>From an archive to a cascade network: the pixels of its situations, kept in files, and a training on them.</summary>
internal sealed class CascadeModelTraining(CascadeTrainingOptions options, TimeProvider time)
{
    /// <summary>Scans kept in memory between situations.</summary>
    internal const long CacheBytes = 512L << 20;

    private static readonly TimeSpan LongestLead = TimeSpan.FromMinutes(60);

    /// <summary>The part of the progress that collecting takes.</summary>
    private const double Collecting = 0.5;

    /// <summary>The part of the budget that the head may take.</summary>
    private const double HeadShare = 0.5;

    /// <summary>Pixels of one situation.</summary>
    internal sealed record PixelFile(string Path, int Event, DateTimeOffset IssueTime, double StepMinutes);

    /// <summary>Collects into a folder that is gone afterwards, and trains.</summary>
    /// <exception cref="TooFewScansException">There is no situation with enough scans before and after it.</exception>
    internal TrainingResult Run(IReadOnlyList<ScanSeries> series, string path, IProgress<TrainingProgress>? progress,
        CancellationToken cancellation)
    {
        using var folder = ScratchFolder.Create("pixels");
        var files = Collect(series, folder.Path, (part, _) => progress?.Report(new(0, 0, Collecting * part, double.NaN, null)),
            cancellation);
        return Train(series, files, path, null, new Dictionary<string, double>(),
            p => progress?.Report(p with { Fraction = Collecting + ((1 - Collecting) * p.Fraction) }), cancellation);
    }

    /// <summary>Draws the pixels of each situation that has no file yet.</summary>
    internal IReadOnlyList<PixelFile> Collect(IReadOnlyList<ScanSeries> series, string folder, Action<double, string> progress,
        CancellationToken cancellation)
    {
        var cache = new FrameCache(CacheBytes);
        var situations = Situations.Of(series, WeatherEvents.Of(series), options.Apart, severalSteps: true).ToList();
        var files = new List<PixelFile>();
        for (var i = 0; i < situations.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var one = situations[i];
            var issued = one.Series.TimeOf(one.Newest);
            var name = string.Create(CultureInfo.InvariantCulture, $"{one.Event:00}-{i:0000}");
            var file = new PixelFile(Path.Combine(folder, name + ".safetensors"), one.Event, issued, one.Series.Step.TotalMinutes);
            if (!File.Exists(file.Path))
            {
                progress((double)i / situations.Count, $"pixels of situation {i + 1} of {situations.Count}");
                using var pixels = SituationPixels.Draw(one, options.Window, cache, RandomStream.Of(options.Seed, i), cancellation);
                if (pixels is null)
                    continue;
                pixels.Save(file.Path, new Dictionary<string, string>
                {
                    ["event"] = $"{one.Event}", ["grid"] = one.Series.Grid.Name,
                    ["step"] = one.Series.Step.TotalMinutes.ToString(CultureInfo.InvariantCulture),
                    ["time"] = issued.ToString("O", CultureInfo.InvariantCulture),
                });
            }
            files.Add(file);
        }
        return files.Count > 0 ? files : throw new TooFewScansException(
            "No scan has enough scans before it and half an hour of them after it: give longer sequences.");
    }

    /// <summary>Trains on the pixels of some situations and writes the checkpoint.</summary>
    /// <param name="series">What the pixels were drawn from.</param>
    /// <param name="files">The pixels.</param>
    /// <param name="path">The checkpoint.</param>
    /// <param name="headPath">Where the head alone is kept as well; null for nowhere.</param>
    /// <param name="known">Scores that are known already and go into the metadata.</param>
    /// <param name="progress">Told of each step.</param>
    /// <param name="cancellation">Stops after the step at hand.</param>
    internal TrainingResult Train(
        IReadOnlyList<ScanSeries> series, IReadOnlyList<PixelFile> files, string path, string? headPath,
        IReadOnlyDictionary<string, double> known,
        Action<TrainingProgress> progress, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var (rates, normalisation) = (new HindcastOptions().Thresholds, Normalisation.Default);
        manual_seed(options.Seed);
        var (learned, chosen) = Divide(files);
        var pixels = Together(learned);
        using var init = options.Init is null ? null : Checkpoint.Load(options.Init, CPU);
        using var network = (CascadeNetwork)(init?.Network ?? NetworkRegistry.Create(new()
        {
            Network = CascadeNetwork.Name, Hidden = options.Hidden, Thresholds = [.. rates.Select(normalisation.Apply)],
            LogRange = Math.Log(1 + (normalisation.MaxRate / normalisation.Scale)),
        }));
        var remembers = options.MemorySteps > 0;
        var result = CascadeTraining.Run(
            network, pixels, chosen.Count > 0 ? Together(chosen) : null, rates,
            new()
            {
                PixelSteps = options.Steps, LearningRate = options.LearningRate, Seed = options.Seed,
                Budget = remembers ? options.Budget * HeadShare : options.Budget,
            },
            time, p => progress(remembers ? p with { Fraction = p.Fraction * HeadShare } : p), cancellation);
        if (remembers)
        {
            if (headPath is not null)
                Checkpoint.Save(headPath, network, Describe(series, files, network, result, known, pixels.Rain.shape[0], normalisation));
            result = Remember(network, learned, chosen, rates, result, progress, cancellation);
        }
        Checkpoint.Save(path, network, Describe(series, files, network, result, known, pixels.Rain.shape[0], normalisation));
        return result;
    }

    private TrainingResult Remember(
        CascadeNetwork network, IReadOnlyList<PixelFile> learned, IReadOnlyList<PixelFile> chosen, IReadOnlyList<float> rates,
        TrainingResult head,
        Action<TrainingProgress> progress, CancellationToken cancellation)
    {
        var (before, after) = MemoryTraining.Run(
            network, One(learned), One(chosen), rates,
            new()
            {
                PixelSteps = options.MemorySteps, LearningRate = options.MemoryRate, Seed = options.Seed,
                Budget = options.Budget * (1 - HeadShare)
            }, time,
            (step, loss) => progress(new(head.Epochs, head.Steps + step, HeadShare + ((1 - HeadShare) * step / options.MemorySteps), loss,
                head.ValidationLoss)), cancellation);
        return head with { Steps = head.Steps + options.MemorySteps, MemoryLoss = (before, after) };
    }

    /// <summary>Situation by situation, with the shares of <see cref="Together"/>.</summary>
    private static IReadOnlyList<CascadeSituation> One(IReadOnlyList<PixelFile> files) =>
        [.. files.GroupBy(f => f.Event).SelectMany(weather => weather.Select(file =>
    {
        var pixels = SituationPixels.Load(file.Path);
        return new CascadeSituation(
            new(pixels.Fields, pixels.Rain, pixels.Weight), pixels.Minutes, pixels.Places, pixels.Coarse, file.StepMinutes,
                1 / Math.Sqrt(weather.Count()));
    }))];

    /// <summary>The newest situations choose; what comes true in the others comes before them.</summary>
    private (IReadOnlyList<PixelFile> Learned, IReadOnlyList<PixelFile> Chosen) Divide(IReadOnlyList<PixelFile> files)
    {
        var times = files.Select(f => f.IssueTime).Order().ToList();
        var cut = times[Math.Min(times.Count - 1, (int)(times.Count * (1 - options.ValidationShare)))];
        var (learned, chosen) = (files.Where(f => f.IssueTime + LongestLead <= cut).ToList(),
            files.Where(f => f.IssueTime >= cut).ToList());
        return options.ValidationShare > 0 && learned.Count > 0 ? (learned, chosen) : (files, []);
    }

    /// <summary>
    /// All pixels; each situation of an event weighs alike, and events as the root of their situations, so that none drowns the rest.
    /// </summary>
    private static CascadePixels Together(IReadOnlyList<PixelFile> files)
    {
        var (fields, rain, weight) = (new List<Tensor>(), new List<Tensor>(), new List<Tensor>());
        foreach (var weather in files.GroupBy(f => f.Event))
        {
            foreach (var file in weather)
            {
                var pixels = SituationPixels.Load(file.Path);
                fields.Add(pixels.Fields);
                rain.Add(pixels.Rain);
                weight.Add(pixels.Weight / (pixels.Weight.sum() * Math.Sqrt(weather.Count())));
            }
        }
        var all = cat(weight, 0);
        return new(cat(fields, 0), cat(rain, 0), all / all.mean());
    }

    private static Dictionary<string, double> Scores(TrainingResult result, IReadOnlyDictionary<string, double> known)
    {
        var scores = new Dictionary<string, double>(known)
        {
            ["training_loss"] = result.TrainingLoss, ["validation_loss"] = result.ValidationLoss,
            ["classical_loss"] = result.PersistenceLoss,
        };
        if (result.MemoryLoss is var (head, all))
            (scores["head_loss_by_situation"], scores["convlstm_loss_by_situation"]) = (head, all);
        return scores;
    }

    private CheckpointMetadata Describe(
        IReadOnlyList<ScanSeries> series, IReadOnlyList<PixelFile> files, CascadeNetwork network, TrainingResult result,
        IReadOnlyDictionary<string, double> known,
        long pixels, Normalisation normalisation)
    {
        static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
        var step = series.Min(s => s.Step);
        return new()
        {
            Network = network.Options, Normalisation = normalisation.ToMetadata(), PastFrames = Situations.MostPast,
            FutureFrames = Math.Max(1, (int)(LongestLead / step)),
            StepMinutes = step.TotalMinutes,
            Data = new([.. series.Select(s => s.Grid.Name).Distinct().Order(StringComparer.Ordinal)], series.Min(s => s.Start),
                series.Max(s => s.End), series.Sum(s => s.Scans.Count)),
            Scores = Scores(result, known),
            Training = new Dictionary<string, string>
            {
                ["events"] = string.Join(' ',
                    files.GroupBy(f => f.Event).Select(weather => weather.Min(f => f.IssueTime)).Order().Select(Day)),
                ["situations"] = Text(files.Count), ["pixels"] = Text(pixels), ["steps"] = Text(result.Steps),
                ["learning_rate"] = Text(options.LearningRate),
                ["seed"] = Text(options.Seed), ["seconds"] = result.Duration.TotalSeconds.ToString("0", CultureInfo.InvariantCulture),
                ["init"] = options.Init ?? "",
            },
            Curve = [.. result.Curve.Select(c => new EpochLoss(c.Training, c.Validation))],
            Program = Checkpoint.ThisProgram, Created = time.GetUtcNow(),
        };
    }
}
