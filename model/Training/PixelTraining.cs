using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Kernels;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>
/// The first part of the training of a Lagrangian network: its head alone, on pixels that are drawn once from many windows. Each step
/// sees all of the archive instead of a few crops of it, which is worth more than what a ConvLSTM can add, and takes a minute.
/// </summary>
/// <param name="options">Rate, seed, and how many windows and steps.</param>
/// <param name="loss">From log-odds, truth and weights to a mean.</param>
internal sealed class PixelTraining(TrainingOptions options, Func<Tensor, Tensor, Tensor, Tensor> loss)
{
    private const int PixelsOfStep = 8192;

    /// <summary>Windows of a draw share their leads.</summary>
    private const int WindowsOfDraw = 2;

    /// <summary>
    /// Where time is short: the shares of it after which no more windows are read, and after which the ConvLSTM's training begins.
    /// </summary>
    private const double CollectingEnds = 0.3;
    private const double TrainingEnds = 0.5;
    private const double LongestGradient = 1.0;
    private const double LossMemory = 0.98;

    /// <param name="network">Its head is changed in place.</param>
    /// <param name="windows">The data.</param>
    /// <param name="fraction">The share of the time that is used up; 0 where there is no limit.</param>
    /// <param name="random">Draws windows and pixels.</param>
    /// <param name="report">Told after each draw and step which part of the training it is, how much of that is done, and the running
    /// mean of the loss.</param>
    /// <param name="cancellation">Stops after the step at hand.</param>
    /// <exception cref="ReportedException">The training diverges.</exception>
    internal void Run(LagrangianNetwork network, ITrainingWindows windows, Func<double> fraction, Random random,
        Action<string, double, double> report, CancellationToken cancellation)
    {
        using var pool = new PixelPool();
        while (pool.Windows < options.PixelWindows && (pool.IsEmpty || fraction() < CollectingEnds))
        {
            cancellation.ThrowIfCancellationRequested();
            using var batch = windows.DrawTraining(WindowsOfDraw, random);
            pool.Add(network, batch, random);
            report(TrainingPhases.Collecting, Math.Max((double)pool.Windows / options.PixelWindows, fraction() / CollectingEnds),
                double.NaN);
        }
        if (pool.IsEmpty)
            return;
        var begun = fraction();
        using var optimizer = Optimizers.Named(options.Optimizer, network.Head.parameters(), options.LearningRate);
        var schedule = Schedules.Named(options.Schedule);
        var running = double.NaN;
        for (var i = 0; i < options.PixelSteps; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var done = Math.Max((double)i / options.PixelSteps, (fraction() - begun) / Math.Max(TrainingEnds - begun, 0.05));
            if (done >= 1)
                break;
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = options.LearningRate * schedule(i, done);
            var value = Step(network, pool.Draw(PixelsOfStep, random).Each(t => t.to(options.Device)), optimizer);
            if (!double.IsFinite(value))
                throw new ReportedException(
                    $"The training on pixels diverged in step {i + 1}. Lower --learning-rate (now {options.LearningRate}).");
            running = double.IsNaN(running) ? value : (LossMemory * running) + ((1 - LossMemory) * value);
            report(TrainingPhases.Pixels, done, running);
        }
    }

    private double Step(LagrangianNetwork network, PixelPool.Pixels pixels, optim.Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var value = loss(network.Head.LogOdds(pixels.Rain, pixels.PerThreshold, pixels.Minutes), pixels.Truth, pixels.Weight);
        Backpropagation.Run(value);
        nn.utils.clip_grad_norm_(network.Head.parameters(), LongestGradient);
        optimizer.step();
        foreach (var tensor in pixels.Tensors)
            tensor.Dispose();
        return value.item<float>();
    }
}
