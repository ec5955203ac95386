using System.Globalization;
using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using ConvLstm.Nowcast.MovingFrame;

namespace ConvLstm.Nowcast.Training;

/// <summary>What to train on what.</summary>
public sealed record ModelTrainingRequest
{
    public required IReadOnlyList<ScanSeries> Series { get; init; }

    /// <summary>The file for the checkpoint.</summary>
    public required string Out { get; init; }

    public NetworkOptions Network { get; init; } = new();

    public WindowOptions Windows { get; init; } = new();

    public TrainingOptions Training { get; init; } = new();

    /// <summary>A checkpoint to go on from; its network and normalisation are used. Null to start anew.</summary>
    public string? Init { get; init; }

    /// <summary>Where the training was stopped that goes on; <see cref="Init"/> is the checkpoint that it left. Null to begin.</summary>
    public StoppedTraining? Stopped { get; init; }
}

/// <summary>From an archive to a checkpoint: windows in the frame of the rain, training, metadata.</summary>
public sealed class ModelTraining(TimeProvider time)
{
    /// <summary>In the metadata of a checkpoint, the share of its training that was done: 1 unless it was stopped.</summary>
    public const string Done = "done";

    /// <summary>Scans kept in memory between windows.</summary>
    private const long CacheBytes = 2L << 30;

    /// <returns>The losses and the curve; in the frame of the rain persistence is extrapolation.</returns>
    /// <exception cref="ReportedException">The data are too few or of several steps, or the training diverges.</exception>
    public TrainingResult Run(ModelTrainingRequest request, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var scope = NewDisposeScope();
        manual_seed(request.Training.Seed);
        using var init = request.Init is null ? null : Checkpoint.Load(request.Init, CPU);
        if ((init?.Metadata.Network ?? request.Network).Network == CascadeNetwork.Name)
            return new CascadeModelTraining(CascadeOptions(request), time).Run(request.Series, request.Out, progress, cancellation);
        var network = init?.Network ?? NetworkRegistry.Create(WithThresholds(request.Network, request.Windows.Normalisation));
        try
        {
            // Of a pooled one the part that reads scans; the other stays as it is.
            var trained = network is PooledNetwork pooled ? pooled.Lagrangian : network;
            var takesSteps = trained is LagrangianNetwork;
            var step = takesSteps ? request.Series.Min(s => s.Step) : StepOf(request.Series);
            var options = request.Windows with
            {
                SeveralSteps = takesSteps,
                Normalisation = init is null ? request.Windows.Normalisation : Normalisation.FromMetadata(init.Metadata.Normalisation),
                Past = init?.Metadata.PastFrames ?? request.Windows.Past,
            };
            var windows = new AlignedWindows(request.Series, options, new FrameCache(CacheBytes), cancellation);
            var result = new Trainer(request.Training, time, progress)
                .Train(trained, windows, LossFor(trained, request.Training.Loss, options.Normalisation), cancellation, request.Stopped);
            var metadata = Describe(request, options, network, result, step);
            if (init?.Metadata.Training.TryGetValue(PooledModel.CascadePart, out var cascade) == true)
                metadata = metadata with
                {
                    Training = new Dictionary<string, string>(metadata.Training) { [PooledModel.CascadePart] = cascade },
                };
            Checkpoint.Save(request.Out, network, metadata);
            KeepStopped(request.Out + StoppedTraining.Ending, result.Stopped);
            return result;
        }
        finally
        {
            network.Dispose();
        }
    }

    /// <summary>Of an earlier training of the same name nothing stays that this one could be taken for.</summary>
    private static void KeepStopped(string path, StoppedTraining? stopped)
    {
        if (stopped is not null)
            stopped.Save(path);
        else
            File.Delete(path);
    }

    private static CascadeTrainingOptions CascadeOptions(ModelTrainingRequest request) => new()
    {
        Init = request.Init, Steps = request.Training.PixelSteps, LearningRate = request.Training.LearningRate,
        Seed = request.Training.Seed,
        Budget = request.Training.Budget, ValidationShare = request.Windows.ValidationShare,
    };

    /// <summary>A network of probabilities gets the thresholds that all scores are given for.</summary>
    private static NetworkOptions WithThresholds(NetworkOptions network, Normalisation normalisation) =>
        network.Network == LagrangianNetwork.Name && network.Thresholds.Count == 0
            ? network with
            {
                Thresholds = [.. new HindcastOptions().Thresholds.Select(normalisation.Apply)],
                LogRange = Math.Log(1 + (normalisation.MaxRate / normalisation.Scale)),
            }
            : network;

    private static Func<Tensor, Tensor, Tensor, Tensor> LossFor(RainNetwork network, string name, Normalisation normalisation) =>
        network.Options.Thresholds is { Count: > 0 } ladder
            ? Losses.Exceedance(Rates(ladder, normalisation), ladder)
            : Losses.Named(name, rate => normalisation.Apply((float)rate));

    /// <summary>Normalised thresholds in mm/h, without the noise of the way there and back.</summary>
    private static float[] Rates(IReadOnlyList<float> thresholds, Normalisation normalisation) =>
        [.. thresholds.Select(t => MathF.Round(normalisation.Invert(t), 3))];

    private static TimeSpan StepOf(IReadOnlyList<ScanSeries> series)
    {
        var steps = series.Select(s => s.Step).Distinct().ToList();
        return steps.Count == 1
            ? steps[0]
            : throw new ReportedException(
                $"The data have scans at {steps.Count} different steps "
                    + $"({string.Join(", ", steps.Select(s => $"{s.TotalMinutes:0.##} min"))}): train on one step at a time.");
    }

    /// <summary>A training whose time was up before its first step has no training loss.</summary>
    private static Dictionary<string, double> Known(params (string Name, double Value)[] scores) =>
        scores.Where(s => double.IsFinite(s.Value)).ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal);

    private static double? Finite(double loss) => double.IsFinite(loss) ? loss : null;

    private CheckpointMetadata Describe(ModelTrainingRequest request, WindowOptions options, RainNetwork network, TrainingResult result,
        TimeSpan step) => new()
        {
            Network = network.Options,
            Normalisation = options.Normalisation.ToMetadata(),
            PastFrames = options.Past,
            FutureFrames = options.Future,
            StepMinutes = step.TotalMinutes,
            Data = new(
            [.. request.Series.Select(s => s.Grid.Name).Distinct().Order(StringComparer.Ordinal)],
            request.Series.Min(s => s.Start), request.Series.Max(s => s.End), request.Series.Sum(s => s.Scans.Count)),
            Scores = Known(("validation_loss", result.ValidationLoss), ("extrapolation_loss", result.PersistenceLoss),
            ("training_loss", result.TrainingLoss)),
            Training = new Dictionary<string, string>
            {
                ["seed"] = request.Training.Seed.ToString(CultureInfo.InvariantCulture),
                ["loss"] = request.Training.Loss,
                ["epochs"] = result.Epochs.ToString(CultureInfo.InvariantCulture),
                ["steps"] = result.Steps.ToString(CultureInfo.InvariantCulture),
                [Done] = result.Done.ToString("0.######", CultureInfo.InvariantCulture),
                ["batch"] = request.Training.BatchSize.ToString(CultureInfo.InvariantCulture),
                ["crop"] = options.Crop.ToString(CultureInfo.InvariantCulture),
                ["learning_rate"] = request.Training.LearningRate.ToString(CultureInfo.InvariantCulture),
                ["pixel_windows"] = request.Training.PixelWindows.ToString(CultureInfo.InvariantCulture),
                ["pixel_steps"] = request.Training.PixelSteps.ToString(CultureInfo.InvariantCulture),
                ["seconds"] = result.Duration.TotalSeconds.ToString("0", CultureInfo.InvariantCulture),
                ["device"] = request.Training.Device.ToString(),
                ["libtorch"] = __version__,
                ["init"] = request.Init ?? "",
            },
            Curve = [.. result.Curve.Select(epoch => new EpochLoss(Finite(epoch.Training), Finite(epoch.Validation)))],
            Program = Checkpoint.ThisProgram,
            Created = time.GetUtcNow(),
        };
}
