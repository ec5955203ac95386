using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using ConvLstm.Nowcast.Studies.Search;

namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>How large the image-sequence study is.</summary>
public sealed record DigitStudyOptions
{
    public int N6 { get; init; } = 400;

    public int N3 { get; init; } = 100;

    public int Trials { get; init; } = 40;

    /// <summary>The most that one trial trains.</summary>
    public double SecondsPerTrial { get; init; } = 60;

    public int Epochs { get; init; } = 40;

    public DigitSearchSpace Space { get; init; } = new();

    public DigitMotion Motion { get; init; } = new();

    /// <summary>Intensities of each noise, and the frames that they are tried on.</summary>
    public int Intensities { get; init; } = 100;

    public int NoisyFrames { get; init; } = 24;

    public int Seed { get; init; } = 1;

    /// <summary>What fits into three minutes of two cores.</summary>
    public static DigitStudyOptions Quick { get; } = new()
    {
        N6 = 60, N3 = 20, Trials = 4, SecondsPerTrial = 12, Space = new(2, 10), Intensities = 20, NoisyFrames = 10,
    };
}

/// <summary>How a method fares on held-out frames.</summary>
public sealed record DigitRow(string Method, double N6Error, double N3Error);

/// <summary>A sequence drawn: what was read, what came, what the network drew.</summary>
public sealed record DrawnTriple(FrameTriple Triple, float[] Drawn);

/// <summary>All that the report shows.</summary>
public sealed record DigitStudyResult(
    string Source, int Removed, IReadOnlyList<DigitTrial> Trials, DigitTrial? Best, IReadOnlyList<DigitRow> Extrapolation, IReadOnlyList<DigitRow> Interpolation,
    IReadOnlyList<NoiseCurve> Curves, IReadOnlyList<DrawnTriple> Examples, IReadOnlyList<DrawnTriple> Interpolated, int Side);

/// <summary>
/// The image-sequence study of Williams 2025: a random search over ConvLSTM networks that draw the next frame of a moving digit, the best of them on digits
/// never seen, on spoiled frames, and as an interpolator. The best is the one with the least validation loss, so N3 has no say in the choice.
/// </summary>
public sealed class DigitStudy(DigitStudyOptions options, IDigits digits, string folder, TimeProvider time)
{
    private readonly TrialFolder<DigitTrial> trials = new(folder, JsonSerializer.Serialize(new { options.N6, options.N3, options.SecondsPerTrial, options.Epochs, options.Space, options.Motion, options.Seed, digits.Source }));
    private readonly DigitSequences n6 = DigitSequences.Make(digits, 6, options.N6, options.Motion, options.Seed);
    private readonly DigitSequences n3 = DigitSequences.Make(digits, 3, options.N3, options.Motion, options.Seed + 1);

    /// <summary>Where the weights of the best trial are.</summary>
    public string WeightsOf(DigitTrial trial) => trials.FileOf(trial.Number, ".safetensors");

    /// <param name="progress">Told the part done and what is being done.</param>
    /// <param name="cancellation">Stops between two steps; trials that are done stay.</param>
    public DigitStudyResult Run(Action<double, string> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var (data, unseen) = (new DigitData(n6, options.Motion), new DigitData(n3, options.Motion));
        for (var number = 1; number <= options.Trials; number++)
        {
            progress(0.8 * (number - 1) / options.Trials, $"trial {number} of {options.Trials}");
            using var claim = trials.TryClaim(number);
            if (claim is null)
                continue;
            var choice = DigitChoice.Draw(options.Space, new Random((options.Seed * 1_000_003) + number));
            trials.Write(number, RunOne(number, choice, DigitTask.Extrapolation, data, unseen, cancellation).Trial);
        }
        var finished = trials.Finished(options.Trials).OrderBy(t => t.Key).Select(t => t.Value).ToList();
        var best = finished.Where(t => t.Outcome == DigitTrial.Trained).MinBy(t => t.ValidationLoss);
        var (extrapolation, interpolation) = (Baselines(data, unseen, DigitTask.Extrapolation), Baselines(data, unseen, DigitTask.Interpolation));
        if (best is null)
            return new(digits.Source, data.Removed, finished, null, extrapolation, interpolation, [], [], [], options.Motion.Side);

        extrapolation.Add(new($"best ConvLSTM (trial {best.Number})", best.N6Error, best.N3Error));
        using var scope = NewDisposeScope();
        using var checkpoint = Checkpoint.Load(WeightsOf(best), CPU);
        var asked = unseen.HeldOut(DigitTask.Extrapolation);
        progress(0.8, "noise curves");
        var curves = NoiseCurves.Of(
            checkpoint.Network, [.. asked.Take(options.NoisyFrames)], options.Motion.Side, options.Intensities, cancellation, part => progress(0.8 + (0.1 * part), "noise curves"));
        progress(0.9, "interpolation with the best choice");
        var (between, drawn) = RunOne(0, best.Choice, DigitTask.Interpolation, data, unseen, cancellation);
        interpolation.Add(new($"ConvLSTM, {best.Choice.Layers} × {best.Choice.Kernels}", between.N6Error, between.N3Error));
        return new(
            digits.Source, data.Removed, finished, best, extrapolation, interpolation, curves, Examples(checkpoint.Network, asked, cancellation),
            [.. unseen.HeldOut(DigitTask.Interpolation).Take(Shown).Zip(drawn, (t, d) => new DrawnTriple(t, d))], options.Motion.Side);
    }

    private const int Shown = 6;

    private List<DrawnTriple> Examples(RainNetwork network, IReadOnlyList<FrameTriple> asked, CancellationToken cancellation)
    {
        // Frames 4 and 16 alternate: one of each sequence.
        var shown = asked.Where((_, i) => i % 2 == 1).Take(Shown).ToList();
        return [.. shown.Zip(FramePredictor.Draw(network, shown, options.Motion.Side, cancellation), (t, d) => new DrawnTriple(t, d))];
    }

    private static List<DigitRow> Baselines(DigitData data, DigitData unseen, DigitTask task)
    {
        var (seen, held) = (data.HeldOut(task), unseen.HeldOut(task));
        DigitRow Row(string name, Func<IReadOnlyList<FrameTriple>, IReadOnlyList<float[]>> draw) =>
            new(name, FramePredictor.Error(draw(seen), seen), FramePredictor.Error(draw(held), held));
        return task == DigitTask.Interpolation
            ? [Row("linear blending", FramePredictor.Blended), Row("the later frame", FramePredictor.Persistence)]
            : [Row("persistence", FramePredictor.Persistence), Row("linear extrapolation", FramePredictor.Extrapolated)];
    }

    private (DigitTrial Trial, IReadOnlyList<float[]> N3) RunOne(int number, DigitChoice choice, DigitTask task, DigitData data, DigitData unseen, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var watch = Stopwatch.StartNew();
        manual_seed(options.Seed + number);
        using var network = NetworkRegistry.Create(new()
        {
            Network = FrameConvLstm.Name, Hidden = [.. Enumerable.Repeat(choice.Kernels, choice.Layers)], Patch = 1, Activation = choice.Activation, OutputActivation = choice.Activation,
        });
        var windows = data.Training(choice.Dataset, task);
        var training = new TrainingOptions
        {
            Epochs = options.Epochs, Budget = TimeSpan.FromSeconds(options.SecondsPerTrial), BatchSize = choice.Batch, LearningRate = choice.LearningRate,
            Optimizer = choice.Optimizer, WindowsPerEpoch = windows.Training.Count, Seed = options.Seed + number,
        };
        TrainingResult result;
        try
        {
            result = new Trainer(training, time).Train(network, windows, Losses.Named(Losses.MeanSquaredError, r => r), cancellation);
        }
        catch (ReportedException)
        {
            // A learning rate of 0.1 may well diverge: that is an outcome.
            return (new(number, choice, double.NaN, double.NaN, double.NaN, double.NaN, DigitTrial.Diverged, Count(network), 0, 0, watch.Elapsed.TotalSeconds), []);
        }
        var (seen, held) = (data.HeldOut(task), unseen.HeldOut(task));
        // As many frames of N6 as there are of N3: the search is no place to measure more exactly.
        seen = [.. seen.Take(held.Count)];
        var drawn = FramePredictor.Draw(network, held, options.Motion.Side, cancellation);
        var outcome = FramePredictor.Collapsed(drawn, held) ? DigitTrial.Collapsed : DigitTrial.Trained;
        var trial = new DigitTrial(
            number, choice, result.TrainingLoss, result.ValidationLoss, FramePredictor.Error(FramePredictor.Draw(network, seen, options.Motion.Side, cancellation), seen),
            FramePredictor.Error(drawn, held), outcome, Count(network), result.Epochs, result.Steps, watch.Elapsed.TotalSeconds);
        if (number > 0)
            Checkpoint.Save(trials.FileOf(number, ".safetensors"), network, Describe(network, trial));
        return (trial, drawn);
    }

    private static long Count(RainNetwork network) => network.parameters().Sum(p => p.numel());

    private CheckpointMetadata Describe(RainNetwork network, DigitTrial trial) => new()
    {
        Network = network.Options,
        Normalisation = new Dictionary<string, string> { ["normalisation"] = "none" },
        PastFrames = 2,
        FutureFrames = 1,
        StepMinutes = 1,
        Data = new(["digits N6"], time.GetUtcNow(), time.GetUtcNow(), options.N6 * options.Motion.Frames),
        // JSON knows no NaN.
        Scores = new[] { ("validation_loss", trial.ValidationLoss), ("n6_error", trial.N6Error), ("n3_error", trial.N3Error) }
            .Where(s => double.IsFinite(s.Item2)).ToDictionary(s => s.Item1, s => s.Item2),
        Training = new Dictionary<string, string>
        {
            ["seed"] = (options.Seed + trial.Number).ToString(CultureInfo.InvariantCulture),
            ["choice"] = JsonSerializer.Serialize(trial.Choice),
            ["digits"] = digits.Source,
        },
        Program = Checkpoint.ThisProgram,
        Created = time.GetUtcNow(),
    };
}
