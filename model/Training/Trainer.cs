using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>
/// Trains a network: an optimiser and a schedule by name (<see cref="Optimizers"/>, <see cref="Schedules"/>), clipped gradients (Pascanu,
/// Mikolov and Bengio 2013), early stopping on the validation loss.
/// </summary>
public sealed class Trainer(TrainingOptions options, TimeProvider time, IProgress<TrainingProgress>? progress = null)
{
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
        using var run = new TrainingRun(options, time, progress, network, windows, loss, stopped);
        return run.Run(cancellation);
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
