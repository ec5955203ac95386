using ConvLstm.Nowcast.Cascade;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Cascade;

public sealed class AutoregressiveModels
{
    [Theory]
    [InlineData(0.95, 0.85)]
    [InlineData(0.5, 0.9)]
    [InlineData(0.99, 0.2)]
    [InlineData(-0.4, 0.3)]
    [InlineData(1, 1)]
    [InlineData(double.NaN, double.NaN)]
    public void AnyPairOfCorrelationsGivesAProcessThatForgets(double first, double second)
    {
        var process = AutoregressiveModel.Fit(first, second);
        var forecast = process.Forecast(100_000);

        Assert.True(process.Phi1 + process.Phi2 < 1 && process.Phi2 - process.Phi1 < 1 && Math.Abs(process.Phi2) < 1);
        Assert.All(forecast.Take(200), f => Assert.InRange(f.Newest + f.Before, -0.01, 1));
        Assert.InRange(Math.Abs(forecast[^1].Newest + forecast[^1].Before), 0, 0.9);
        Assert.InRange(process.Innovation, 0, 1);
    }

    [Fact]
    public void TheVarianceExplainedFallsFromOneStepToTheNext()
    {
        var process = AutoregressiveModel.Fit(0.9, 0.78);
        var explained = process.Forecast(12).Select(process.Explained).ToArray();

        Assert.Equal(0.81, process.Explained(process.Forecast(1)[0]), 0.01);
        Assert.True(explained.SequenceEqual(explained.OrderDescending()));
    }
}
