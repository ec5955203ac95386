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
    /// <param name="stopped">Where a training was stopped that goes on: the network has the best weights of it. Null to begin.</param>
    /// <exception cref="ReportedException">An option is outside what makes sense, or the training diverges.</exception>
    public TrainingResult Train(
        RainNetwork network, ITrainingWindows windows, Func<Tensor, Tensor, Tensor, Tensor> loss, CancellationToken cancellation,
        StoppedTraining? stopped = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(windows);
        options.Check();
        stopped?.State.Check(options);
        manual_seed(options.Seed);
        var started = time.GetTimestamp();
        network.to(options.Device);
        var lowPrecision = options.MixedPrecision ?? Bfloat16Convolutions.Gain(options.Device);
        var schedule = Schedules.Named(options.Schedule);
        using var best = new Weights(network);
        var state = stopped?.State ?? new();
        var (step, epoch, isInEpoch, running, drawn, begun) =
            (state.Step, state.Epoch, state.IsInEpoch, state.TrainingLoss, state.Drawn, state.Begun);
        var curve = state.Curve.Select(e => (e.Training, e.Validation)).ToList();
        // Halving the batch makes more steps of an epoch, not fewer windows.
        var windowsOfEpoch = Math.Max(1, options.WindowsPerEpoch / options.BatchSize) * options.BatchSize;
        var batch = new AffordableBatch(state.BatchSize ?? options.BatchSize, notice => Report(null, notice));
        var validation = new ValidationLoss(windows, options, loss, batch);
        Report(null, phase: TrainingPhases.Start);
        var (firstLoss, persistenceLoss, bestLoss, bestEpoch) =
            (state.FirstLoss, state.PersistenceLoss, state.BestLoss, state.BestEpoch);
        if (stopped is null)
        {
            (firstLoss, persistenceLoss) = (validation.Of(network, cancellation), validation.OfPersistence(network, cancellation));
            bestLoss = firstLoss;
        }
        var trained = network.parameters();
        if (network is LagrangianNetwork lagrangian && options.PixelWindows > 0)
        {
            trained = lagrangian.StateParameters;
            if (stopped is null)
                TrainHead(lagrangian);
        }
        using var optimizer = Optimizers.Named(options.Optimizer, trained, options.LearningRate);
        stopped?.Restore(network, optimizer);

        StoppedTraining? left = null;
        try
        {
            while (isInEpoch || (Fraction() < 1 && epoch - bestEpoch <= options.Patience))
            {
                // One that was stopped goes on in the middle of an epoch.
                if (!isInEpoch)
                    (epoch, drawn, isInEpoch) = (epoch + 1, 0, true);
                while (drawn < windowsOfEpoch && Fraction() < 1)
                {
                    cancellation.ThrowIfCancellationRequested();
                    foreach (var group in optimizer.ParamGroups)
                        group.LearningRate = options.LearningRate * schedule(step, (Fraction() - begun) / (1 - begun));
                    var value = batch.Run(size =>
                        Step(network, windows, size, loss, optimizer, RandomOfStep.Of(options.Seed, step), lowPrecision));
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
                isInEpoch = false;
            }
        }
        catch (OperationCanceledException) when (options.KeepsWhenStopped && curve.Count > 0)
        {
            left = StoppedTraining.Of(State(), network, optimizer);
        }
        best.Restore();
        return new(epoch, step, firstLoss, running, bestLoss, persistenceLoss, Duration(), curve)
        {
            BatchSize = batch.Size, Stopped = left, Done = left is null ? 1 : Math.Min(Fraction(), 1),
        };

        TrainingState State() => new()
        {
            Step = step, Epoch = epoch, IsInEpoch = isInEpoch, TrainingLoss = running, Drawn = drawn, Begun = begun,
            Curve = [.. curve.Select(e => new LossesOfEpoch(e.Item1, e.Item2))],
            FirstLoss = firstLoss, PersistenceLoss = persistenceLoss, BestLoss = bestLoss, BestEpoch = bestEpoch,
            BatchSize = batch.Size, TimeUsed = TimeUsed(), Seconds = Duration().TotalSeconds, Flags = TrainingState.FlagsOf(options),
        };

        void TrainHead(LagrangianNetwork lagrangian)
        {
            new PixelTraining(options, loss).Run(lagrangian, windows, TimeUsed, new Random(unchecked((int)options.Seed)),
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

        TimeSpan Duration() => TimeSpan.FromSeconds(state.Seconds) + time.GetElapsedTime(started);

        double TimeUsed() => state.TimeUsed + (options.Budget is TimeSpan budget ? time.GetElapsedTime(started) / budget : 0);

        double Fraction() => Math.Max(
            TimeUsed(), options.Epochs is int epochs && epoch > 0 ? (epoch - 1 + ((double)drawn / windowsOfEpoch)) / epochs : 0);
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
