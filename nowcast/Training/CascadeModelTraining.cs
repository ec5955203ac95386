using System.Globalization;
using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;

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
}

/// <summary>From an archive to a cascade network: the pixels of its situations, kept in files, and a training on them.</summary>
internal sealed class CascadeModelTraining(CascadeTrainingOptions options, TimeProvider time)
{
    /// <summary>Scans kept in memory between situations.</summary>
    internal const long CacheBytes = 512L << 20;

    /// <summary>Pixels of one situation.</summary>
    internal sealed record PixelFile(string Path, int Event);

    /// <summary>Draws the pixels of each situation that has no file yet.</summary>
    internal IReadOnlyList<PixelFile> Collect(IReadOnlyList<ScanSeries> series, string folder, Action<double, string> progress, CancellationToken cancellation)
    {
        var cache = new FrameCache(CacheBytes);
        var situations = Situations.Of(series, WeatherEvents.Of(series), options.Apart, severalSteps: true).ToList();
        if (situations.Count == 0)
            throw new ReportedException("No scan has enough scans before it and half an hour of them after it: give longer sequences.");
        var files = new List<PixelFile>();
        for (var i = 0; i < situations.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var one = situations[i];
            var name = string.Create(CultureInfo.InvariantCulture, $"{one.Event:00}-{i:0000}");
            var file = new PixelFile(Path.Combine(folder, name + ".safetensors"), one.Event);
            if (!File.Exists(file.Path))
            {
                progress((double)i / situations.Count, $"pixels of situation {i + 1} of {situations.Count}");
                using var pixels = SituationPixels.Draw(one, cache, RandomStream.Of(options.Seed, i), cancellation);
                if (pixels is null)
                    continue;
                pixels.Save(file.Path, new Dictionary<string, string>
                {
                    ["event"] = $"{one.Event}", ["grid"] = one.Series.Grid.Name, ["step"] = one.Series.Step.TotalMinutes.ToString(CultureInfo.InvariantCulture),
                    ["time"] = one.Series.TimeOf(one.Newest).ToString("O", CultureInfo.InvariantCulture),
                });
            }
            files.Add(file);
        }
        return files;
    }

    /// <summary>Trains on the pixels of some situations and writes the checkpoint.</summary>
    internal void Train(IReadOnlyList<ScanSeries> series, IEnumerable<PixelFile> files, string path, Action<double, string> progress, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var rates = new HindcastOptions().Thresholds;
        var normalisation = Normalisation.Default;
        manual_seed(options.Seed);
        var loaded = files.GroupBy(f => f.Event).ToList();
        var pixels = Together(loaded);
        using var network = (CascadeNetwork)NetworkRegistry.Create(new()
        {
            Network = CascadeNetwork.Name, Hidden = options.Hidden, Thresholds = [.. rates.Select(normalisation.Apply)],
            LogRange = Math.Log(1 + (normalisation.MaxRate / normalisation.Scale)),
        });
        var first = CascadeTraining.Loss(network, pixels, rates).item<float>();
        var loss = CascadeTraining.Run(
            network, pixels, rates, new() { PixelSteps = options.Steps, LearningRate = options.LearningRate, Seed = options.Seed, Epochs = 1 },
            (step, running) => progress((double)step / options.Steps, string.Create(CultureInfo.InvariantCulture, $"step {step}, loss {running:0.0000}")), cancellation);
        Checkpoint.Save(path, network, new()
        {
            Network = network.Options, Normalisation = normalisation.ToMetadata(), PastFrames = Situations.MostPast, FutureFrames = (int)(TimeSpan.FromMinutes(60) / series.Min(s => s.Step)),
            StepMinutes = series.Min(s => s.Step).TotalMinutes,
            Data = new([.. series.Select(s => s.Grid.Name).Distinct().Order(StringComparer.Ordinal)], series.Min(s => s.Start), series.Max(s => s.End), series.Sum(s => s.Scans.Count)),
            Scores = new Dictionary<string, double> { ["training_loss"] = loss, ["classical_loss"] = first },
            Training = new Dictionary<string, string>
            {
                ["events"] = string.Join(' ', loaded.Select(g => g.Key.ToString(CultureInfo.InvariantCulture))),
                ["situations"] = loaded.Sum(g => g.Count()).ToString(CultureInfo.InvariantCulture), ["pixels"] = pixels.Rain.shape[0].ToString(CultureInfo.InvariantCulture),
                ["steps"] = options.Steps.ToString(CultureInfo.InvariantCulture), ["learning_rate"] = options.LearningRate.ToString(CultureInfo.InvariantCulture),
                ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
            },
            Program = Checkpoint.ThisProgram, Created = time.GetUtcNow(),
        });
    }

    /// <summary>All pixels; each situation of an event weighs alike, and events as the root of their situations, so that none drowns the rest.</summary>
    private static CascadePixels Together(IReadOnlyList<IGrouping<int, PixelFile>> events)
    {
        var (fields, rain, weight) = (new List<Tensor>(), new List<Tensor>(), new List<Tensor>());
        foreach (var weather in events)
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
}
