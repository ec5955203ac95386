using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Networks;

/// <summary>
/// Rain as it is seen from the ground, not in its own frame: an untrained network that draws changes is persistence (of an interpolator,
/// blending), so only one that has learned something is better, on scans that nothing was trained on.
/// </summary>
public sealed class NetworksOnSimulatedRain
{
    private const int Side = 24, Past = 4, Future = 4, Scans = 70, Trained = 50;

    private const double StepMinutes = 10;

    private static readonly Lazy<float[][]> Rain = new(() =>
    {
        var normalisation = new Normalisation();
        return [.. RainSimulator.Run(new() { Size = Side, Frames = Scans, Step = TimeSpan.FromMinutes(StepMinutes), Seed = 3 })
            .Select(s => Array.ConvertAll(s.Frame.RainRate.ToArray(), normalisation.Apply))];
    });

    /// <summary>Vector LSTMs see rain through a bottleneck, and batch normalisation changes what it says at first.</summary>
    private static readonly string[] Slow =
        [FcLstm.Name, CnnLstm.Name, FusionLstm.Name, Conv3dLstm.Name, Conv1dLstm.Name, StackedConvLstm.Name];

    public static TheoryData<string> Names => NetworkFamily.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void BeatsPersistenceAfterAFewSteps(string name)
    {
        using var scope = NewDisposeScope();
        manual_seed(31);
        using var network = NetworkRegistry.Create(
            new() { Network = name, Hidden = [8, 8], Tile = 8, Patch = 2, Frames = Past, Gap = Future, Residual = true });
        var options = new TrainingOptions
        {
            Epochs = Array.IndexOf(Slow, name) < 0 ? 4 : 12, WindowsPerEpoch = 48, BatchSize = 4, LearningRate = 5e-3,
            Loss = Losses.MeanSquaredError, Patience = 10,
        };

        var result = new Trainer(options, TimeProvider.System).Train(
            network, new Windows(name == ConvLstmInterpolator.Name), Losses.Named(Losses.MeanSquaredError, r => r),
                TestContext.Current.CancellationToken);

        Assert.Equal(result.PersistenceLoss, result.FirstLoss, 1e-6);
        Assert.True(result.ValidationLoss < 0.97 * result.PersistenceLoss,
            $"{result.ValidationLoss} against {result.PersistenceLoss} of persistence");
    }

    /// <summary>Windows of the first scans to train on, of the last ones to be judged by.</summary>
    private sealed class Windows(bool isGap) : ITrainingWindows
    {
        public TrainingBatch DrawTraining(int batch, Random random) =>
            Batch([.. Enumerable.Range(0, batch).Select(_ => random.Next(Trained - Past - Future + 1))]);

        public IEnumerable<TrainingBatch> Validation(int batch) =>
            Enumerable.Range(Trained, Scans - Trained - Past - Future + 1).Chunk(batch).Select(Batch);

        private TrainingBatch Batch(int[] starts)
        {
            var order = Enumerable.Range(0, Past + Future);
            // Those of a gap are asked for last.
            if (isGap)
                order = [.. order.Where(i => i is < Past / 2 or >= (Past / 2) + Future),
                    .. order.Where(i => i is >= Past / 2 and < (Past / 2) + Future)];
            var rain = tensor([.. starts.SelectMany(start => order.SelectMany(i => Rain.Value[start + i]))],
                [starts.Length, Past + Future, Side, Side, 1]);
            return new(cat([rain, ones_like(rain)], 4), Past, StepMinutes);
        }
    }
}
