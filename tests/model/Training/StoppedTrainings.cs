using System.Runtime.InteropServices;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Training;

public sealed class StoppedTrainings
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public void OneThatIsStoppedKeepsTheWeightsOfItsBestEpochAndSaysHowFarItCame()
    {
        var result = Train(new() { Epochs = 50, KeepsWhenStopped = true }, stopInEpoch: 4, out var validated);

        Assert.NotNull(result.Stopped);
        Assert.Equal(4, result.Epochs);
        Assert.Equal(3, result.Curve.Count);
        Assert.Equal(Math.Min(result.FirstLoss, result.Curve.Min(e => e.Validation)), result.ValidationLoss);
        Assert.Equal(result.ValidationLoss, validated, 1e-6);
        Assert.InRange(result.Done, 3.0 / 50, 4.0 / 50);
    }

    [Fact]
    public void OneThatIsStoppedBeforeItHasAnythingToKeepIsStopped() =>
        Assert.Throws<OperationCanceledException>(() => Train(new() { Epochs = 50, KeepsWhenStopped = true }, stopInEpoch: 1, out _));

    [Theory]
    [InlineData("adam")]
    [InlineData("adamax")]
    [InlineData("adamw")]
    [InlineData("radam")]
    [InlineData("sgd")]
    [InlineData("rmsprop")]
    public void OneThatGoesOnEndsWithTheSameBitsAsOneThatWasNeverStopped(string optimizer)
    {
        // In the middle of an epoch, through a file, as after another start of the program.
        var options = new TrainingOptions
        {
            Epochs = 5, WindowsPerEpoch = 12, BatchSize = 4, Patience = 100, LearningRate = 0.01, KeepsWhenStopped = true,
            Optimizer = optimizer,
        };
        using var folder = new TemporaryFolder();
        using var whole = Network();
        using var parted = Network();
        var uninterrupted = new Trainer(options, TimeProvider.System).Train(whole, new RandomWindows(), Loss, _cancellation);

        StoppedTraining? stopped = null;
        foreach (var stopAt in new[] { 4, 8, int.MaxValue })
        {
            using var stop = new CancellationTokenSource();
            if (stopped is not null)
                stopped.Save(folder.File("m.stopped"));
            var result = new Trainer(options, TimeProvider.System, new Watching(p =>
            {
                if (p.Step == stopAt)
                    stop.Cancel();
            })).Train(parted, new RandomWindows(), Loss, stop.Token,
                stopped is null ? null : StoppedTraining.Load(folder.File("m.stopped")));
            stopped = result.Stopped;
            Assert.Equal(stopAt == int.MaxValue, stopped is null);
            if (stopped is not null)
            {
                Assert.Equal(stopAt, stopped.State.Step);
                // Whatever else is drawn before it goes on.
                manual_seed(99);
                continue;
            }
            Assert.Equal(uninterrupted.Curve, result.Curve);
            Assert.Equal((uninterrupted.Steps, uninterrupted.Epochs, uninterrupted.FirstLoss, uninterrupted.ValidationLoss, 1.0),
                (result.Steps, result.Epochs, result.FirstLoss, result.ValidationLoss, result.Done));
        }
        Assert.Equal(BitsOf(whole), BitsOf(parted));
    }

    [Fact]
    public void OneThatGoesOnIsGivenTheFlagsThatItBeganWith()
    {
        var options = new TrainingOptions { Epochs = 5, Seed = 3 };
        var state = new TrainingState { Flags = TrainingState.FlagsOf(options) };
        state.Check(options with { Epochs = 9 });

        var refused = Assert.Throws<ReportedException>(() => state.Check(options with { Seed = 4 }));

        Assert.Contains("--seed 3, not 4", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileThatIsCutOffIsNamed()
    {
        using var folder = new TemporaryFolder();
        new StoppedTraining(new(), new byte[1000], [2], [3]).Save(folder.File("m.stopped"));
        Assert.Equal(1000, StoppedTraining.Load(folder.File("m.stopped")).Weights.Length);
        using (var file = File.OpenWrite(folder.File("m.stopped")))
            file.SetLength(500);

        var refused = Assert.Throws<ReportedException>(() => StoppedTraining.Load(folder.File("m.stopped")));

        Assert.Contains("m.stopped", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EachPhaseIsNamedAndItsShareGrows()
    {
        var seen = new List<(string Phase, double Done)>();
        Train(new() { Epochs = 2 }, stopInEpoch: null, out _, p => seen.Add((p.Phase, p.PhaseFraction)));

        Assert.Equal([TrainingPhases.Start, TrainingPhases.Epochs], seen.Select(s => s.Phase).Distinct());
        Assert.Equal(seen.Select(s => s.Done).Order(), seen.Select(s => s.Done));
        Assert.Equal(1, seen[^1].Done, 1e-9);
    }

    private static RainNetwork Network()
    {
        manual_seed(7);
        return NetworkRegistry.Create(new NetworkOptions { Network = EncoderForecaster.Name, Hidden = [2], Patch = 1 });
    }

    private static Dictionary<string, string> BitsOf(RainNetwork network) => network.state_dict().ToDictionary(
        e => e.Key, e => Convert.ToHexString(MemoryMarshal.AsBytes<float>(e.Value.detach().data<float>().ToArray())));

    /// <summary>Also gives the validation loss of the weights that the network is left with.</summary>
    private static TrainingResult Train(TrainingOptions options, int? stopInEpoch, out double validated,
        Action<TrainingProgress>? watch = null)
    {
        using var scope = NewDisposeScope();
        using var stop = new CancellationTokenSource();
        using var network = NetworkRegistry.Create(new NetworkOptions { Network = EncoderForecaster.Name, Hidden = [2], Patch = 1 });
        var windows = new RandomWindows();
        options = options with { WindowsPerEpoch = 8, BatchSize = 4, Patience = 100 };
        var result = new Trainer(options, TimeProvider.System, new Watching(p =>
        {
            watch?.Invoke(p);
            if (p.Epoch == stopInEpoch)
                stop.Cancel();
        })).Train(network, windows, Loss, stop.Token);
        validated = new Trainer(options with { Epochs = 1, LearningRate = 1e-12 }, TimeProvider.System)
            .Train(network, windows, Loss, TestContext.Current.CancellationToken).FirstLoss;
        return result;
    }

    private static Tensor Loss(Tensor prediction, Tensor truth, Tensor mask) => nn.functional.mse_loss(prediction * mask, truth * mask);

    private sealed class Watching(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
