using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Training;

public sealed class StoppedTrainings
{
    [Fact]
    public void OneThatIsStoppedKeepsTheWeightsOfItsBestEpochAndSaysHowFarItCame()
    {
        var result = Train(new() { Epochs = 50, KeepsWhenStopped = true }, stopInEpoch: 4, out var validated);

        Assert.True(result.WasStopped);
        Assert.Equal(4, result.Epochs);
        Assert.Equal(3, result.Curve.Count);
        Assert.Equal(Math.Min(result.FirstLoss, result.Curve.Min(e => e.Validation)), result.ValidationLoss);
        Assert.Equal(result.ValidationLoss, validated, 1e-6);
        Assert.InRange(result.Done, 3.0 / 50, 4.0 / 50);
    }

    [Fact]
    public void OneThatIsStoppedBeforeItHasAnythingToKeepIsStopped() =>
        Assert.Throws<OperationCanceledException>(() => Train(new() { Epochs = 50, KeepsWhenStopped = true }, stopInEpoch: 1, out _));

    [Fact]
    public void OneThatGoesOnDoesTheRest()
    {
        var result = Train(new() { Epochs = 8, Begun = 0.5 }, stopInEpoch: null, out _);

        Assert.Equal((4, 1.0), (result.Epochs, result.Done));
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
