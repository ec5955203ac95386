using System.Globalization;
using System.Text.Json;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using ConvLstm.Nowcast.Studies.Search;

namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>
/// Trains trials of the search, rung by rung: each goes on from the weights of the one below with its learning rate at its height again
/// (warm restarts, Loshchilov and Hutter 2017).
/// </summary>
internal sealed class DigitTraining(DigitStudyOptions options, string source, DigitTask task, DigitData data, DigitData unseen,
    TimeProvider time)
{
    internal DigitTrial Run(Climb<DigitTrial> climb, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var choice = climb.Before?.Choice ?? DigitChoice.Draw(options.Space, RandomStream.Of(options.Seed, climb.Number));
        var seed = options.Seed + climb.Number + (1000 * climb.Rung);
        manual_seed(seed);
        using var network = NetworkRegistry.Create(new()
        {
            Network = FrameConvLstm.Name, Hidden = [.. Enumerable.Repeat(choice.Kernels, choice.Layers)], Patch = 1,
            Activation = choice.Activation, OutputActivation = choice.Activation,
        });
        if (climb.WeightsBefore is string before)
            Restore(network, before);
        var windows = data.Training(choice.Dataset, task);
        var training = new TrainingOptions
        {
            Budget = TimeSpan.FromSeconds(options.SecondsOf(climb.Rung)), BatchSize = choice.Batch, LearningRate = choice.LearningRate,
            Optimizer = choice.Optimizer, WindowsPerEpoch = windows.Training.Count, Patience = int.MaxValue, Seed = seed,
        };
        var trial = climb.Before ?? new(climb.Number, choice, double.NaN, double.NaN, double.NaN, double.NaN, DigitTrial.Diverged,
            Count(network), 0, 0, 0, climb.Rung);
        try
        {
            var result = new Trainer(training, time).Train(network, windows, Losses.Named(Losses.MeanSquaredError, r => r), cancellation);
            trial = Measured(network, cancellation) with
            {
                TrainingLoss = result.TrainingLoss,
                ValidationLoss = result.ValidationLoss,
                Epochs = trial.Epochs + result.Epochs,
                Steps = trial.Steps + result.Steps,
                Seconds = trial.Seconds + result.Duration.TotalSeconds,
            };
        }
        catch (ReportedException e) when (e.Message.StartsWith("The training diverged", StringComparison.Ordinal))
        {
            // A learning rate of 0.1 may well diverge: that is an outcome. On a higher rung it leaves the trial as it was.
            if (climb.WeightsBefore is null)
                return trial;
            Restore(network, climb.WeightsBefore);
            trial = trial with { Rung = climb.Rung };
        }
        Checkpoint.Save(climb.Weights, network, Describe(network, trial));
        return trial;

        DigitTrial Measured(RainNetwork trained, CancellationToken stop)
        {
            var held = unseen.HeldOut(task);
            // As many frames of N6 as there are of N3: the search is no place to measure more exactly.
            FrameTriple[] seen = [.. data.HeldOut(task).Take(held.Count)];
            var (drawn, known) = (FramePredictor.Draw(trained, held, options.Motion.Side, stop),
                FramePredictor.Draw(trained, seen, options.Motion.Side, stop));
            return trial with
            {
                N6Error = FramePredictor.Error(known, seen),
                N3Error = FramePredictor.Error(drawn, held),
                Outcome = FramePredictor.Collapsed(known, seen) ? DigitTrial.Collapsed : DigitTrial.Trained,
                Rung = climb.Rung,
            };
        }
    }

    private static void Restore(RainNetwork network, string weights)
    {
        using var loaded = Checkpoint.Load(weights, CPU);
        network.load_state_dict(loaded.Network.state_dict());
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
            ["digits"] = source,
        },
        Program = Checkpoint.ThisProgram,
        Created = time.GetUtcNow(),
    };
}
