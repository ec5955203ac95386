using ConvLstm.Nowcast.Methods;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Methods;

public sealed class AmountsThatAreExpected
{
    [Theory]
    [InlineData(0.7, 1)]
    [InlineData(1.4, 1)]
    [InlineData(0.1, 5)]
    public void TheMeanHasTheAmountOfTheNewestRainOrHalfOrTwiceItsOwn(double networks, double now)
    {
        float[] mean = [(float)networks, (float)(2 * networks), 0, float.NaN];
        float[] rain = [(float)(3 * now), 0, 0, float.NaN];

        ExpectedAmount.Lean(mean, [true, true, true, false], rain);

        var factor = Math.Clamp(now / networks, 0.5, 2);
        Assert.Equal(networks * factor, mean[0], 0.01 * networks * factor);
        Assert.Equal(2 * mean[0], mean[1], 1e-5);
        Assert.Equal(0, mean[2]);
        Assert.True(float.IsNaN(mean[3]));
    }

    [Fact]
    public void WhereNothingIsKnownNothingChanges()
    {
        float[] mean = [1];

        ExpectedAmount.Lean(mean, [false], [float.NaN]);

        Assert.Equal([1f], mean);
    }
}
