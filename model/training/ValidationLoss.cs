using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>The mean loss over the validation part.</summary>
internal sealed class ValidationLoss(ITrainingWindows windows, TrainingOptions options, Func<Tensor, Tensor, Tensor, Tensor> loss, AffordableBatch batch)
{
    internal double Of(RainNetwork network, CancellationToken cancellation)
    {
        network.eval();
        return Mean((window, leads) => Trainer.LossOf(network, window, windows.Past, leads, loss), cancellation);
    }

    /// <summary>Of the newest frame, which in the frame of the rain is extrapolation.</summary>
    internal double OfPersistence(RainNetwork network, CancellationToken cancellation) => Mean(
        (window, leads) => Trainer.LossOf(network.Persistence(window.narrow(1, 0, windows.Past), leads), window, windows.Past, leads, loss), cancellation);

    private double Mean(Func<Tensor, LeadTimes, Tensor> lossOf, CancellationToken cancellation) =>
        batch.Run(size => Mean(size, lossOf, cancellation));

    private double Mean(int size, Func<Tensor, LeadTimes, Tensor> lossOf, CancellationToken cancellation)
    {
        using var gradients = no_grad();
        double sum = 0;
        long count = 0;
        using var outer = NewDisposeScope();
        foreach (var window in windows.Validation(size))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var leads = LeadTimes.Every((int)window.shape[1] - windows.Past, windows.StepMinutes);
            sum += lossOf(window.to(options.Device), leads).item<float>() * window.shape[0];
            count += window.shape[0];
            window.Dispose();
        }
        return count == 0 ? double.NaN : sum / count;
    }
}
