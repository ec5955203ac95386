using System.Text.Json;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model.Training;
using ConvLstm.Nowcast.MovingFrame;
using ConvLstm.Nowcast.Training;

namespace ConvLstm.Nowcast.Studies.Search;

/// <summary>A point of the search over networks for radar.</summary>
public sealed record RadarChoice(IReadOnlyList<int> Hidden, int Kernel, int Patch, double LearningRate, int Batch, string Optimizer,
    string Schedule)
{
    private static readonly int[] Kernels = [3, 3, 5], Patches = [2, 4], Batches = [4, 8, 16];
    private static readonly string[] OptimizerNames = ["adam", "adamw", "radam", "rmsprop"],
        ScheduleNames = [Schedules.Cosine, "one-cycle", "linear"];

    /// <summary>Channels and learning rate evenly in their logarithm, the rest evenly.</summary>
    public static RadarChoice Draw(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var channels = (int)Math.Round(8 * Math.Pow(8, random.NextDouble()));
        return new(
            [.. Enumerable.Repeat(channels, random.Next(1, 4))], One(Kernels), One(Patches),
                Math.Round(1e-4 * Math.Pow(100, random.NextDouble()), 6), One(Batches), One(OptimizerNames), One(ScheduleNames));

        T One<T>(T[] values) => values[random.Next(values.Length)];
    }
}

/// <summary>
/// What became of it. The loss of persistence in the frame of the rain is that of extrapolation; the outcome is trained, or why not.
/// </summary>
public sealed record RadarTrial(int Number, RadarChoice Choice, double ValidationLoss, double ExtrapolationLoss, int Epochs, int Steps,
    double Seconds, string Outcome)
{
    public const string Trained = "trained";
}

/// <summary>A random search over the options of one network on one archive. Several processes may search together.</summary>
public sealed class RadarTuning(string network, WindowOptions windows, TrainingOptions training, ITrials<RadarTrial> trials,
    TimeProvider time)
{
    /// <summary>What all trials of a search must share, as text.</summary>
    public static string Settings(string network, string data, WindowOptions windows, TrainingOptions training) =>
        JsonSerializer.Serialize(new
        {
            network, data, windows.Past, windows.Future, windows.Crop,
            seconds = training.Budget?.TotalSeconds, training.Loss, training.Seed,
        });

    /// <summary>The trials that are done, the best first.</summary>
    public IReadOnlyList<RadarTrial> Finished(int count) =>
        [.. trials.Finished(count).Values.OrderBy(t => double.IsNaN(t.ValidationLoss) ? double.MaxValue : t.ValidationLoss)];

    /// <summary>Runs the trials that nobody has run or is running.</summary>
    public void Run(IReadOnlyList<ScanSeries> series, int count, Action<double, string> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(progress);
        for (var number = 1; number <= count; number++)
        {
            using var claim = trials.TryClaim(number);
            if (claim is null)
                continue;
            var (at, choice) = (number, RadarChoice.Draw(RandomStream.Of(training.Seed, number)));
            trials.Write(number, One(series, number, choice, p => progress((at - 1 + p.Fraction) / count,
                FormattableString.Invariant($"trial {at} of {count}, loss {p.TrainingLoss:0.0000}")), cancellation));
        }
    }

    private RadarTrial One(IReadOnlyList<ScanSeries> series, int number, RadarChoice choice, Action<TrainingProgress> progress,
        CancellationToken cancellation)
    {
        var request = new ModelTrainingRequest
        {
            Series = series, Out = trials.WeightsFile(number), Windows = windows,
            Network = new()
            {
                Network = network, Hidden = choice.Hidden, Kernel = choice.Kernel, Patch = choice.Patch, Frames = windows.Past,
            },
            Training = training with
            {
                BatchSize = choice.Batch,
                LearningRate = choice.LearningRate,
                Optimizer = choice.Optimizer,
                Schedule = choice.Schedule,
            },
        };
        try
        {
            var result = new ModelTraining(time).Run(request, new TrainingReport(progress), cancellation);
            return new(number, choice, result.ValidationLoss, result.PersistenceLoss, result.Epochs, result.Steps,
                result.Duration.TotalSeconds, RadarTrial.Trained);
        }
        catch (ReportedException e) when (e.Message.StartsWith("The training ", StringComparison.Ordinal))
        {
            // It diverged or collapsed, which is an outcome of a search.
            return new(number, choice, double.NaN, double.NaN, 0, 0, 0, e.Message);
        }
    }
}
