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
/// Trains a cascade network on pixels of many situations at once, which is minutes of one core: Adam, a cosine schedule, and the sum over the ladder of the
/// binary cross-entropy, whose Brier twin is the discrete CRPS.
/// </summary>
public static class CascadeTraining
{
    private const int PixelsOfStep = 4096;
    private const double LongestGradient = 1.0;
    private const double LossMemory = 0.99;

    /// <param name="network">Changed in place.</param>
    /// <param name="pixels">The data.</param>
    /// <param name="rates">The thresholds, mm/h.</param>
    /// <param name="options">Steps (<see cref="TrainingOptions.PixelSteps"/>), rate and seed.</param>
    /// <param name="progress">Told the number of each step and the running mean of the loss.</param>
    /// <param name="cancellation">Stops after the step at hand.</param>
    /// <returns>The running mean of the loss at the end.</returns>
    /// <exception cref="ReportedException">The training diverges.</exception>
    public static double Run(CascadeNetwork network, CascadePixels pixels, IReadOnlyList<float> rates, TrainingOptions options, Action<int, double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        manual_seed(options.Seed);
        var random = new Random(unchecked((int)options.Seed));
        network.train();
        using var optimizer = Optimizers.Named(options.Optimizer, network.parameters(), options.LearningRate);
        var schedule = Schedules.Named(options.Schedule);
        var (running, count) = (double.NaN, pixels.Rain.shape[0]);
        for (var step = 0; step < options.PixelSteps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = options.LearningRate * schedule(step, (double)step / options.PixelSteps);
            var rows = tensor(Enumerable.Range(0, PixelsOfStep).Select(_ => random.NextInt64(count)).ToArray(), [PixelsOfStep]);
            optimizer.zero_grad();
            var loss = Loss(network, new(pixels.Fields.index_select(0, rows), pixels.Rain.index_select(0, rows), pixels.Weight.index_select(0, rows)), rates);
            Backpropagation.Run(loss);
            nn.utils.clip_grad_norm_(network.parameters(), LongestGradient);
            optimizer.step();
            var value = loss.item<float>();
            if (!float.IsFinite(value))
                throw new ReportedException($"The training diverged in step {step + 1}. Lower --learning-rate (now {options.LearningRate}).");
            running = double.IsNaN(running) ? value : (LossMemory * running) + ((1 - LossMemory) * value);
            progress(step + 1, running);
        }
        network.eval();
        return running;
    }

    /// <summary>The weighted mean over pixels of the sum over thresholds of the binary cross-entropy. Heavy rain is rare and weighs more, by 1 + ln(1 + T).</summary>
    public static Tensor Loss(CascadeNetwork network, CascadePixels pixels, IReadOnlyList<float> rates)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(rates);
        var device = pixels.Rain.device;
        var reached = pixels.Rain.unsqueeze(1).ge(tensor([.. rates.Select(r => r * (1 - ThresholdLadder.Slack))], [rates.Count], device: device)).to_type(float32);
        var weights = tensor([.. rates.Select(r => (float)(1 + Math.Log(1 + r)))], [rates.Count], device: device) * pixels.Weight.unsqueeze(1);
        return nn.functional.binary_cross_entropy_with_logits(network.call(pixels.Fields, LeadTimes.Every(1, 1)), reached, weights, nn.Reduction.Sum) / pixels.Weight.sum();
    }
}
