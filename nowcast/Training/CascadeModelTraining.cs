using System.Globalization;
using ConvLstm.Nowcast.Evaluation;
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

    public long Seed { get; init; } = 1;

    /// <summary>The time from one situation to the next, of each series and step.</summary>
    public TimeSpan Apart { get; init; } = TimeSpan.FromMinutes(25);

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

    /// <summary>Pixels of one situation.</summary>
    internal sealed record PixelFile(string Path, int Event, DateTimeOffset IssueTime);

    /// <summary>Collects into a folder that is gone afterwards, and trains.</summary>
    /// <exception cref="TooFewScansException">There is no situation with enough scans before and after it.</exception>
    internal TrainingResult Run(IReadOnlyList<ScanSeries> series, string path, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("nowcast-pixels-");
        try
        {
            var files = Collect(series, folder.FullName, (part, _) => progress?.Report(new(0, 0, Collecting * part, double.NaN, null)), cancellation);
            return Train(series, files, path, p => progress?.Report(p with { Fraction = Collecting + ((1 - Collecting) * p.Fraction) }), cancellation);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Draws the pixels of each situation that has no file yet.</summary>
    internal IReadOnlyList<PixelFile> Collect(IReadOnlyList<ScanSeries> series, string folder, Action<double, string> progress, CancellationToken cancellation)
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
            var file = new PixelFile(Path.Combine(folder, name + ".safetensors"), one.Event, issued);
            if (!File.Exists(file.Path))
            {
                progress((double)i / situations.Count, $"pixels of situation {i + 1} of {situations.Count}");
                using var pixels = SituationPixels.Draw(one, cache, RandomStream.Of(options.Seed, i), cancellation);
                if (pixels is null)
                    continue;
                pixels.Save(file.Path, new Dictionary<string, string>
                {
                    ["event"] = $"{one.Event}", ["grid"] = one.Series.Grid.Name, ["step"] = one.Series.Step.TotalMinutes.ToString(CultureInfo.InvariantCulture),
                    ["time"] = issued.ToString("O", CultureInfo.InvariantCulture),
                });
            }
            files.Add(file);
        }
        return files.Count > 0 ? files : throw new TooFewScansException("No scan has enough scans before it and half an hour of them after it: give longer sequences.");
    }

    /// <summary>Trains on the pixels of some situations and writes the checkpoint.</summary>
    internal TrainingResult Train(IReadOnlyList<ScanSeries> series, IReadOnlyList<PixelFile> files, string path, Action<TrainingProgress> progress, CancellationToken cancellation)
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
        var result = CascadeTraining.Run(
            network, pixels, chosen.Count > 0 ? Together(chosen) : null, rates,
            new() { PixelSteps = options.Steps, LearningRate = options.LearningRate, Seed = options.Seed, Budget = options.Budget }, time, progress, cancellation);
        Checkpoint.Save(path, network, Describe(series, files, network, result, pixels.Rain.shape[0], normalisation));
        return result;
    }

    /// <summary>The newest situations choose; what comes true in the others comes before them.</summary>
    private (IReadOnlyList<PixelFile> Learned, IReadOnlyList<PixelFile> Chosen) Divide(IReadOnlyList<PixelFile> files)
    {
        var times = files.Select(f => f.IssueTime).Order().ToList();
        var cut = times[Math.Min(times.Count - 1, (int)(times.Count * (1 - options.ValidationShare)))];
        var (learned, chosen) = (files.Where(f => f.IssueTime + LongestLead <= cut).ToList(), files.Where(f => f.IssueTime >= cut).ToList());
        return options.ValidationShare > 0 && learned.Count > 0 ? (learned, chosen) : (files, []);
    }

    /// <summary>All pixels; each situation of an event weighs alike, and events as the root of their situations, so that none drowns the rest.</summary>
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

    private CheckpointMetadata Describe(
        IReadOnlyList<ScanSeries> series, IReadOnlyList<PixelFile> files, CascadeNetwork network, TrainingResult result, long pixels, Normalisation normalisation)
    {
        string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
        var step = series.Min(s => s.Step);
        return new()
        {
            Network = network.Options, Normalisation = normalisation.ToMetadata(), PastFrames = Situations.MostPast, FutureFrames = Math.Max(1, (int)(LongestLead / step)),
            StepMinutes = step.TotalMinutes,
            Data = new([.. series.Select(s => s.Grid.Name).Distinct().Order(StringComparer.Ordinal)], series.Min(s => s.Start), series.Max(s => s.End), series.Sum(s => s.Scans.Count)),
            Scores = new Dictionary<string, double> { ["training_loss"] = result.TrainingLoss, ["validation_loss"] = result.ValidationLoss, ["classical_loss"] = result.PersistenceLoss },
            Training = new Dictionary<string, string>
            {
                ["events"] = string.Join(' ', files.Select(f => f.Event).Distinct().Order().Select(e => Text(e))),
                ["situations"] = Text(files.Count), ["pixels"] = Text(pixels), ["steps"] = Text(result.Steps), ["learning_rate"] = Text(options.LearningRate),
                ["seed"] = Text(options.Seed), ["seconds"] = result.Duration.TotalSeconds.ToString("0", CultureInfo.InvariantCulture), ["init"] = options.Init ?? "",
            },
            Curve = [.. result.Curve.Select(c => new EpochLoss(c.Training, c.Validation))],
            Program = Checkpoint.ThisProgram, Created = time.GetUtcNow(),
        };
    }
}
