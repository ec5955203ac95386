using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Kernels;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>Pixels to train a <see cref="CascadeNetwork"/> on.</summary>
/// <param name="Fields">(pixels, <see cref="CascadeFields.Channels"/>).</param>
/// <param name="Rain">(pixels): what came true, mm/h.</param>
/// <param name="Weight">(pixels).</param>
public sealed record CascadePixels(Tensor Fields, Tensor Rain, Tensor Weight);

/// <summary>
/// Trains a cascade network on pixels of many situations at once, which is minutes of one core: Adam, a cosine schedule, and the sum over
/// thresholds of the binary cross-entropy, whose Brier twin is the discrete CRPS.
/// </summary>
public static class CascadeTraining
{
    private const int PixelsOfStep = 4096;
    private const int StepsOfEpoch = 250;
    private const double LongestGradient = 1.0;
    private const double LossMemory = 0.99;

    /// <param name="network">Changed in place; at the end it has the weights of the best validation, where there is one.</param>
    /// <param name="pixels">To learn from.</param>
    /// <param name="validation">To choose by; null to take the weights at the end.</param>
    /// <param name="rates">The thresholds, mm/h.</param>
    /// <param name="options">Steps (<see cref="TrainingOptions.PixelSteps"/>), rate, seed and, where there is one, the budget.</param>
    /// <param name="time">Measures the budget.</param>
    /// <param name="progress">Told of each step; an epoch is the steps between two validations.</param>
    /// <param name="cancellation">Stops after the step at hand.</param>
    /// <exception cref="ReportedException">The training diverges.</exception>
    public static TrainingResult Run(
        CascadeNetwork network, CascadePixels pixels, CascadePixels? validation, IReadOnlyList<float> rates, TrainingOptions options,
        TimeProvider time,
        Action<TrainingProgress> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(progress);
        manual_seed(options.Seed);
        var random = new Random(unchecked((int)options.Seed));
        var started = time.GetTimestamp();
        var judged = validation ?? pixels;
        var (first, classical) =
            (Frozen(() => Loss(network, judged, rates)), Frozen(() => Loss(network.Classical(judged.Fields), judged, rates)));
        var (running, best, curve, step) = (double.NaN, first, new List<(double, double)>(), 0);
        using var kept = new Weights(network);
        using var optimizer = Optimizers.Named(options.Optimizer, network.parameters(), options.LearningRate);
        var schedule = Schedules.Named(options.Schedule);
        while (Fraction() < 1 && curve.Count - curve.FindLastIndex(c => c.Item2 <= best) <= options.Patience)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = options.LearningRate * schedule(step, Fraction());
            var value = Step(network, pixels, rates, optimizer, random);
            if (!double.IsFinite(value))
                throw new ReportedException(
                    $"The training diverged in step {step + 1}. Lower --learning-rate (now {options.LearningRate}).");
            running = double.IsNaN(running) ? value : (LossMemory * running) + ((1 - LossMemory) * value);
            step++;
            if (step % StepsOfEpoch == 0 || Fraction() >= 1)
                Validate();
            progress(new(curve.Count + 1, step, Fraction(), running, curve.Count == 0 ? null : curve[^1].Item2));
        }
        if (validation is not null)
            kept.Restore();
        network.eval();
        return new(curve.Count, step, first, running, validation is null && curve.Count > 0 ? curve[^1].Item2 : best, classical,
            time.GetElapsedTime(started), curve)
        { BatchSize = PixelsOfStep };

        void Validate()
        {
            curve.Add((running, validation is null ? running : Frozen(() => Loss(network, validation, rates))));
            if (curve[^1].Item2 >= best)
                return;
            best = curve[^1].Item2;
            kept.Remember();
        }

        double Fraction() =>
            Math.Max((double)step / options.PixelSteps, options.Budget is TimeSpan budget ? time.GetElapsedTime(started) / budget : 0);
    }

    private static double Frozen(Func<Tensor> loss)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return loss().item<float>();
    }

    private static double Step(CascadeNetwork network, CascadePixels pixels, IReadOnlyList<float> rates, optim.Optimizer optimizer,
        Random random)
    {
        using var scope = NewDisposeScope();
        network.train();
        var count = pixels.Rain.shape[0];
        var rows = tensor(Enumerable.Range(0, PixelsOfStep).Select(_ => random.NextInt64(count)).ToArray(), [PixelsOfStep]);
        optimizer.zero_grad();
        var loss = Loss(network,
            new(pixels.Fields.index_select(0, rows), pixels.Rain.index_select(0, rows), pixels.Weight.index_select(0, rows)), rates);
        Backpropagation.Run(loss);
        nn.utils.clip_grad_norm_(network.parameters(), LongestGradient);
        optimizer.step();
        return loss.item<float>();
    }

    /// <summary>
    /// The weighted mean over pixels of the sum over thresholds of the binary cross-entropy. Heavy rain is rare and weighs more, by 1 +
    /// ln(1 + T).
    /// </summary>
    public static Tensor Loss(CascadeNetwork network, CascadePixels pixels, IReadOnlyList<float> rates)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(pixels);
        return Loss(network.call(pixels.Fields, LeadTimes.Every(1, 1)), pixels, rates);
    }

    internal static Tensor Loss(Tensor logOdds, CascadePixels pixels, IReadOnlyList<float> rates)
    {
        var device = pixels.Rain.device;
        var reached = pixels.Rain.unsqueeze(1).ge(
            tensor([.. rates.Select(r => r * (1 - ExceedanceThresholds.Slack))], [rates.Count], device: device)).to_type(float32);
        var weights = tensor([.. rates.Select(r => (float)(1 + Math.Log(1 + r)))], [rates.Count],
            device: device) * pixels.Weight.unsqueeze(1);
        return nn.functional.binary_cross_entropy_with_logits(logOdds, reached, weights, nn.Reduction.Sum) / pixels.Weight.sum();
    }
}
