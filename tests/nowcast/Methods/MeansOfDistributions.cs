using ConvLstm.Nowcast.Methods;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Methods;

public sealed class MeansOfDistributions
{
    private static readonly float[] Thresholds = [0.1f, 0.2f, 0.5f, 1, 2, 5, 10, 20, 30];

    [Theory]
    [InlineData(0.7)]
    [InlineData(3)]
    [InlineData(8)]
    public void TheMeanOfAnExponentialDistributionIsFound(double mean)
    {
        var ladder = Array.ConvertAll(Thresholds, t => (float)Math.Exp(-t / mean));

        Assert.Equal(mean, new RateDistribution(Thresholds).Mean(ladder), 0.02 * mean + 0.01);
    }

    [Fact]
    public void RainThatIsSureToBeBetweenTwoRungsHasAMeanBetweenThem()
    {
        float[] ladder = [1, 1, 1, 1, 1, 0, 0, 0, 0];

        Assert.InRange(new RateDistribution(Thresholds).Mean(ladder), 2, 5);
        Assert.Equal(0, new RateDistribution(Thresholds).Mean(new float[9]));
    }
}
