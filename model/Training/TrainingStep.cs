using ConvLstm.Nowcast.Model.Kernels;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>One step of a training: a batch, its loss, the gradients, and the optimiser's change of the weights.</summary>
internal sealed class TrainingStep(TrainingOptions options, RainNetwork network, ITrainingWindows windows,
    Func<Tensor, Tensor, Tensor, Tensor> loss, optim.Optimizer optimizer)
{
    private const double LongestGradient = 1.0;

    private readonly bool _lowPrecision = options.MixedPrecision ?? Bfloat16Convolutions.Gain(options.Device);

    /// <param name="size">Windows of the batch.</param>
    /// <param name="random">Draws windows, leads and pixels.</param>
    /// <returns>The loss.</returns>
    internal double Do(int size, Random random)
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
        using (new Bfloat16Convolutions(network, _lowPrecision))
            prediction = network.call(frames.narrow(1, 0, batch.Past), leads);
        var value = Trainer.LossOf(prediction, frames, batch.Past, leads, loss);
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
}
