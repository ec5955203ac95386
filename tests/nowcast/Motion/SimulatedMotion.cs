using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Motion;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Motion;

public sealed class SimulatedMotion
{
    /// <summary>The motion of a small grid once ran off at fifty pixels a step where a few heavy cells had just appeared.</summary>
    [Theory]
    [InlineData(7, 192)]
    [InlineData(7, 152)]
    [InlineData(3, 60)]
    public void RainThatGrowsAndDiesStillMovesWithTheWind(int seed, int frames)
    {
        var scans = RainSimulator.Run(new SimulationOptions { Seed = seed, Frames = frames }).TakeLast(3).ToArray();
        using var scope = NewDisposeScope();
        var motion = OpticalFlow.Estimate(stack(scans.Select(s => tensor(s.Frame.RainRate, [128, 128]))));

        Assert.True(motion.isfinite().all().item<bool>());
        Assert.Equal(scans[^1].MotionX, motion[0].mean().item<float>(), 1.5);
        Assert.Equal(scans[^1].MotionY, motion[1].mean().item<float>(), 1.5);
        Assert.InRange(motion.abs().max().item<float>(), 0, 8);
    }
}
