using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>The mean loss over the validation part.</summary>
internal sealed class ValidationLoss(ITrainingWindows windows, TrainingOptions options, Func<Tensor, Tensor, Tensor, Tensor> loss)
{
    internal double Of(RainNetwork network, CancellationToken cancellation)
    {
        network.eval();
        return Mean(window => Trainer.LossOf(network, window, windows.Past, loss), cancellation);
    }

    /// <summary>Of the newest frame repeated.</summary>
    internal double OfPersistence(CancellationToken cancellation) => Mean(
        window =>
        {
            var future = window.shape[1] - windows.Past;
            var truth = window.narrow(1, windows.Past, future);
            var newest = window.narrow(1, windows.Past - 1, 1).narrow(4, 0, 1).expand(-1, future, -1, -1, -1);
            return loss(newest, truth.narrow(4, 0, 1), truth.narrow(4, 1, 1));
        },
        cancellation);

    private double Mean(Func<Tensor, Tensor> lossOf, CancellationToken cancellation)
    {
        using var gradients = no_grad();
        double sum = 0;
        long count = 0;
        using var outer = NewDisposeScope();
        foreach (var batch in windows.Validation(options.BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            sum += lossOf(batch.to(options.Device)).item<float>() * batch.shape[0];
            count += batch.shape[0];
            batch.Dispose();
        }
        return count == 0 ? double.NaN : sum / count;
    }
}
