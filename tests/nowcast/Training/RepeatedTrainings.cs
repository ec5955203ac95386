using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Training;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Training;

public sealed class RepeatedTrainings
{
    [Fact]
    public void TheSameSeedGivesTheSameWeightsAndForecastBitByBitAndAnotherOthers()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var frames = RainSimulator.Run(new() { Seed = 6, Frames = 24, Size = 64 }).Select(s => s.Frame).ToArray();
        var series = Sequencing.Arrange(frames.Select((f, i) => (IScan)new FrameScan(f, $"{i}")).ToArray(), new()).Series;
        string Trained(string name, long seed)
        {
            var request = new ModelTrainingRequest
            {
                Series = series, Out = folder.File(name), Network = new() { Network = LagrangianNetwork.Name, Hidden = [4], Patch = 4 },
                Windows = new() { Past = 4, Future = 3, Crop = 32 },
                Training = new() { Epochs = 2, WindowsPerEpoch = 4, BatchSize = 2, PixelWindows = 4, PixelSteps = 3, Seed = seed },
            };
            new ModelTraining(TimeProvider.System).Run(request, null, TestContext.Current.CancellationToken);
            return request.Out;
        }

        using var one = Checkpoint.Load(Trained("one", 1), CPU);
        using var again = Checkpoint.Load(Trained("again", 1), CPU);
        using var other = Checkpoint.Load(Trained("other", 2), CPU);

        Assert.True(Same(one, again));
        Assert.False(Same(one, other));
        var past = new RadarSequence(frames[1].ValidTime - frames[0].ValidTime, frames[..5]);
        float[][] Rain(Checkpoint checkpoint) =>
            [.. new ModelForecast(checkpoint)
                .Forecast(past, new(TimeSpan.FromMinutes(30), ForecastRequest.AllThresholds),
                    TestContext.Current.CancellationToken).MeanRate];
        Assert.Equal(Rain(one), Rain(again));
        Assert.NotEqual(Rain(one), Rain(other));
    }

    private static bool Same(Checkpoint one, Checkpoint other) =>
        one.Network.parameters().Zip(other.Network.parameters()).All(p => p.First.equal(p.Second).all().item<bool>());
}
