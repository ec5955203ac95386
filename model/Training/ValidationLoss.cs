using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>The mean loss over the validation part.</summary>
internal sealed class ValidationLoss(ITrainingWindows windows, TrainingOptions options, Func<Tensor, Tensor, Tensor, Tensor> loss,
    AffordableBatch batch)
{
    internal double Of(RainNetwork network, CancellationToken cancellation)
    {
        network.eval();
        return Mean(network, (batch, window, leads) => Trainer.LossOf(network, window, batch.Past, leads, loss), cancellation);
    }

    /// <summary>Of the newest frame, which in the frame of the rain is extrapolation.</summary>
    internal double OfPersistence(RainNetwork network, CancellationToken cancellation) => Mean(
        network,
        (batch, window, leads) =>
            Trainer.LossOf(network.Persistence(window.narrow(1, 0, batch.Past), leads), window, batch.Past, leads, loss), cancellation);

    private double Mean(RainNetwork network, Func<TrainingBatch, Tensor, LeadTimes, Tensor> lossOf, CancellationToken cancellation) =>
        batch.Run(size => Mean(size, network, lossOf, cancellation));

    private double Mean(int size, RainNetwork network, Func<TrainingBatch, Tensor, LeadTimes, Tensor> lossOf,
        CancellationToken cancellation)
    {
        using var gradients = no_grad();
        double sum = 0;
        long count = 0;
        using var outer = NewDisposeScope();
        foreach (var drawn in windows.Validation(size))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var leads = drawn.Leads;
            if (network.TakesSampledPixels)
                leads = leads with { SampledPixels = new(options.SiteStride, 0, 0) };
            sum += lossOf(drawn, drawn.Frames.to(options.Device), leads).item<float>() * drawn.Frames.shape[0];
            count += drawn.Frames.shape[0];
            drawn.Dispose();
        }
        return count == 0 ? double.NaN : sum / count;
    }
}
