using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Training;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Training;

public sealed class TrainingOfPooledNetworks
{
    [Fact]
    public void ATrainingFromTheShippedWeightsGoesOnWithThePartThatReadsScans()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var series = Sequencing.Arrange(
            RainSimulator.Run(new() { Seed = 5, Frames = 30, Size = 64 }).Select((s, i) => (IScan)new FrameScan(s.Frame, $"{i}")).ToArray(),
                new()).Series;

        new ModelTraining(TimeProvider.System).Run(
            new()
            {
                Series = series, Out = folder.File("m.safetensors"), Init = ShippedModel.File, Windows = new()
                {
                    Future = 3, Crop = 32, ValidationShare = 0.4,
                },
                Training = new() { Epochs = 3, WindowsPerEpoch = 4, BatchSize = 2, PixelWindows = 4, PixelSteps = 3, LearningRate = 1e-3 },
            },
            null, TestContext.Current.CancellationToken);

        using var shipped = ShippedModel.Load(CPU);
        using var trained = Checkpoint.Load(folder.File("m.safetensors"), CPU);
        var (before, after) = (Assert.IsType<PooledNetwork>(shipped.Network), Assert.IsType<PooledNetwork>(trained.Network));
        Assert.All(before.Cascade.parameters().Zip(after.Cascade.parameters()),
            p => Assert.True(p.First.equal(p.Second).all().item<bool>()));
        Assert.Equal(shipped.Metadata.Training["cascade"], trained.Metadata.Training["cascade"]);
        Assert.Equal((6, 3), (trained.Metadata.PastFrames, trained.Metadata.FutureFrames));
        // Where no epoch was better than what it began with, it keeps that.
        var moved = before.Lagrangian.parameters().Zip(after.Lagrangian.parameters()).Any(p => !p.First.equal(p.Second).all().item<bool>());
        Assert.Equal(trained.Metadata.Curve!.Any(c => c.Validation < trained.Metadata.Scores["validation_loss"] + 1e-9), moved);
    }
}
