using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Kernels;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>
/// Trains a network: an optimiser and a schedule by name (<see cref="Optimizers"/>, <see cref="Schedules"/>), clipped gradients (Pascanu,
/// Mikolov and Bengio 2013), early stopping on the validation loss.
/// </summary>
public sealed class Trainer(TrainingOptions options, TimeProvider time, IProgress<TrainingProgress>? progress = null)
{
    private const double LongestGradient = 1.0;
    private const double LossMemory = 0.95;

    /// <summary>
    /// Normalised rain goes from 0 to about 1, and log-odds of it to some tens: no prediction that means anything has such a loss.
    /// </summary>
    private const double DivergedAt = 1e4;

    /// <param name="network">Changed in place; at the end it has the weights of the best epoch.</param>
    /// <param name="windows">The data.</param>
    /// <param name="loss">From <see cref="Losses.Named"/>.</param>
    /// <param name="cancellation">Stops after the step at hand.</param>
    /// <exception cref="ReportedException">An option is outside what makes sense, or the training diverges.</exception>
    public TrainingResult Train(
        RainNetwork network, ITrainingWindows windows, Func<Tensor, Tensor, Tensor, Tensor> loss, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(windows);
        options.Check();
        manual_seed(options.Seed);
        // One that goes on draws other windows than it began with.
        var random = new Random(unchecked((int)options.Seed + (int)(options.Begun * 1e6)));
        var started = time.GetTimestamp();
        network.to(options.Device);
        var lowPrecision = options.MixedPrecision ?? Bfloat16Convolutions.Gain(options.Device);
        var schedule = Schedules.Named(options.Schedule);
        using var best = new Weights(network);
        var curve = new List<(double, double)>();
        var (step, epoch, running, drawn, begun) = (0, 0, double.NaN, 0, 0.0);
        // Halving the batch makes more steps of an epoch, not fewer windows.
        var windowsOfEpoch = Math.Max(1, options.WindowsPerEpoch / options.BatchSize) * options.BatchSize;
        var batch = new AffordableBatch(options.BatchSize, notice => Report(null, notice));
        var validation = new ValidationLoss(windows, options, loss, batch);
        Report(null, phase: TrainingPhases.Start);
        var (firstLoss, persistenceLoss) = (validation.Of(network, cancellation), validation.OfPersistence(network, cancellation));
        var (bestLoss, bestEpoch) = (firstLoss, 0);
        var trained = network.parameters();
        if (network is LagrangianNetwork lagrangian && options.PixelWindows > 0)
        {
            trained = lagrangian.StateParameters;
            if (options.Begun == 0)
                TrainHead(lagrangian);
        }
        using var optimizer = Optimizers.Named(options.Optimizer, trained, options.LearningRate);

        var wasStopped = false;
        try
        {
            while (Fraction() < 1 && epoch - bestEpoch <= options.Patience)
            {
                epoch++;
                drawn = 0;
                while (drawn < windowsOfEpoch && Fraction() < 1)
                {
                    cancellation.ThrowIfCancellationRequested();
                    foreach (var group in optimizer.ParamGroups)
                        group.LearningRate = options.LearningRate * schedule(step, (Fraction() - begun) / (1 - begun));
                    var value = batch.Run(size => Step(network, windows, size, loss, optimizer, random, lowPrecision));
                    drawn += batch.Size;
                    if (!(Math.Abs(value) < DivergedAt))
                        throw new ReportedException(
                            $"The training diverged: the loss of step {step + 1} is {value}. Lower --learning-rate (now "
                                + $"{options.LearningRate}).");
                    running = double.IsNaN(running) ? value : (LossMemory * running) + ((1 - LossMemory) * value);
                    step++;
                    Report(curve.Count == 0 ? null : curve[^1].Item2);
                }
                Validate();
            }
        }
        catch (OperationCanceledException) when (options.KeepsWhenStopped && curve.Count > 0)
        {
            wasStopped = true;
        }
        best.Restore();
        return new(epoch, step, firstLoss, running, bestLoss, persistenceLoss, time.GetElapsedTime(started), curve)
        {
            BatchSize = batch.Size, WasStopped = wasStopped, Done = wasStopped ? Math.Min(Fraction(), 1) : 1,
        };

        void TrainHead(LagrangianNetwork lagrangian)
        {
            new PixelTraining(options, loss).Run(lagrangian, windows, TimeUsed, random,
                (phase, done, value) => { running = value; Report(null, phase: phase, done: done); }, cancellation);
            begun = Fraction();
            Validate();
        }

        void Validate()
        {
            var validated = validation.Of(network, cancellation);
            curve.Add((running, validated));
            if (options.StopAtCollapse)
                Collapse.Check(network, windows, options, epoch);
            Report(validated);
            if (validated >= bestLoss)
                return;
            (bestLoss, bestEpoch) = (validated, epoch);
            best.Remember();
        }

        void Report(double? validated, string? notice = null, string phase = TrainingPhases.Epochs, double? done = null) =>
            progress?.Report(
            new(epoch, step, Fraction(), running, validated)
            {
                Notice = notice, Phase = phase,
                PhaseFraction = done ?? (phase == TrainingPhases.Epochs ? (Fraction() - begun) / (1 - begun) : 0),
            });

        double TimeUsed() => options.Begun + (options.Budget is TimeSpan budget ? time.GetElapsedTime(started) / budget : 0);

        double Fraction() => Math.Max(
            TimeUsed(),
            options.Begun + (options.Epochs is int epochs && epoch > 0 ? (epoch - 1 + ((double)drawn / windowsOfEpoch)) / epochs : 0));
    }

    private double Step(
        RainNetwork network, ITrainingWindows windows, int size, Func<Tensor, Tensor, Tensor, Tensor> loss, optim.Optimizer optimizer,
        Random random,
        bool lowPrecision)
    {
        using var scope = NewDisposeScope();
        network.train();
        optimizer.zero_grad();
        var batch = windows.DrawTraining(size, random);
        var leads = DrawLeads(batch.Leads, random);
        if (network.TakesSampledPixels && options.SiteStride > 1)
            leads = leads with
            {
                SampledPixels = new(options.SiteStride, random.Next(options.SiteStride), random.Next(options.SiteStride)),
            };
        var frames = batch.Frames.to(options.Device);
        Tensor prediction;
        using (new Bfloat16Convolutions(network, lowPrecision))
            prediction = network.call(frames.narrow(1, 0, batch.Past), leads);
        var value = LossOf(prediction, frames, batch.Past, leads, loss);
        Backpropagation.Run(value);
        nn.utils.clip_grad_norm_(network.parameters(), LongestGradient);
        optimizer.step();
        return value.item<float>();
    }

    /// <summary>
    /// Some of the leads, always the furthest among them, so that states are learned to the end; all where no number is set.
    /// </summary>
    private LeadTimes DrawLeads(LeadTimes all, Random random)
    {
        if (options.LeadsPerStep is not int count || count >= all.Steps.Count)
            return all;
        var steps = all.Steps.SkipLast(1).ToArray();
        random.Shuffle(steps);
        return all with { Steps = [.. steps.Take(count - 1).Append(all.Furthest).Order()] };
    }

    /// <summary>The loss of some leads of a batch of windows.</summary>
    internal static Tensor LossOf(RainNetwork network, Tensor window, int past, LeadTimes leads,
        Func<Tensor, Tensor, Tensor, Tensor> loss) =>
        LossOf(network.call(window.narrow(1, 0, past), leads), window, past, leads, loss);

    /// <summary>The loss of a prediction of some leads of a batch of windows.</summary>
    internal static Tensor LossOf(Tensor prediction, Tensor window, int past, LeadTimes leads, Func<Tensor, Tensor, Tensor, Tensor> loss)
    {
        var frames = leads.Steps.Select(step => (long)(past + step - 1)).ToArray();
        var truth = leads.SampledPixels.Of(window.index_select(1, tensor(frames, [frames.Length], device: window.device)), 2, 3);
        return loss(prediction, truth.narrow(4, 0, 1), truth.narrow(4, 1, 1));
    }
}
