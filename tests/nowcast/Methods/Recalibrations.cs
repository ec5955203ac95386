using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Model;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Methods;

public sealed class Recalibrations
{
    private static readonly float[] Rates = [0.5f, 5];

    [Fact]
    public void ForecastsThatWereTooSureAreMadeAsSureAsTheyMayBe()
    {
        var (logOdds, rain) = Forecasts(20_000, slope: 0.5, offset: 0);

        var found = Recalibration.Fit(logOdds, rain, Rates)!;

        Assert.InRange(found.Slope, 0.46, 0.54);
        // The log-odds of the lower threshold are spread evenly about 0.
        Assert.InRange(found.Offsets[0], -0.1, 0.1);
    }

    [Fact]
    public void ForecastsOfTooMuchRainAreTakenBack()
    {
        var (logOdds, rain) = Forecasts(20_000, slope: 1, offset: -1);

        var found = Recalibration.Fit(logOdds, rain, Rates)!;

        Assert.InRange(found.Slope, 0.9, 1.1);
        Assert.All(found.Offsets, offset => Assert.InRange(offset, -1.1, -0.85));
    }

    [Fact]
    public void TrueProbabilitiesStayAsTheyAre()
    {
        using var scope = NewDisposeScope();
        var (logOdds, rain) = Forecasts(20_000, slope: 1, offset: 0);
        var forecast = tensor(logOdds, [100, 200, 2]);

        var applied = Recalibration.Fit(logOdds, rain, Rates)!.Apply(forecast, 10);

        Assert.True((applied.sigmoid() - forecast.sigmoid()).abs().max().item<float>() < 0.03);
    }

    [Fact]
    public void WhatIsLessSureIsLessSureStillLater()
    {
        using var scope = NewDisposeScope();
        var (logOdds, rain) = Forecasts(20_000, slope: 0.6, offset: 0);
        var one = tensor(logOdds, [100, 200, 2]);
        var recalibration = Recalibration.Fit(logOdds, rain, Rates)!;

        var applied = stack([recalibration.Apply(one, 20), recalibration.Apply(one, 60)]);

        var spread = applied.select(3, 0).flatten(1).square().mean([1]).sqrt().ToFloats();
        Assert.True(spread[1] < 0.9 * spread[0], $"{spread[0]} after 20 minutes, {spread[1]} after an hour");
        Assert.True((applied.select(3, 1) - applied.select(3, 0)).max().item<float>() <= 0);
    }

    [Fact]
    public void AForecastOfAllOrNothingIsNotMadeAbsurd()
    {
        var random = new Random(3);
        var rain = Enumerable.Range(0, 20_000).Select(_ => random.Next(3) == 0 ? 8f : 0).ToArray();
        // Nearly sure of all, and wrong one time in a hundred.
        var logOdds = rain.SelectMany(r => { var z = (r > 0 ? 30f : -11) * (random.Next(100) == 0 ? -1 : 1); return new[] { z, z }; })
            .ToArray();

        var found = Recalibration.Fit(logOdds, rain, Rates)!;

        Assert.InRange(found.Slope, 0.29, 0.5);
        Assert.All(found.Offsets, offset => Assert.InRange(offset, -1.5, 1.5));
    }

    [Fact]
    public void AHandfulOfPixelsTeachesNothing()
    {
        var (logOdds, rain) = Forecasts(100, slope: 0.2, offset: 3);

        Assert.Null(Recalibration.Fit(logOdds, rain, Rates));
    }

    /// <summary>Log-odds of a forecaster, and rain whose true log-odds are slope · z + offset of them.</summary>
    private static (float[] LogOdds, float[] Rain) Forecasts(int rows, double slope, double offset)
    {
        var random = new Random(5);
        var (logOdds, rain) = (new float[rows * Rates.Length], new float[rows]);
        for (var i = 0; i < rows; i++)
        {
            var z = (random.NextDouble() * 8) - 4;
            (logOdds[2 * i], logOdds[(2 * i) + 1]) = ((float)z, (float)(z - 2));
            // One draw for both thresholds: who reaches 5 mm/h has reached 0.5.
            var draw = random.NextDouble();
            bool Reached(double at) => draw < 1 / (1 + Math.Exp(-((slope * at) + offset)));
            rain[i] = Reached(z - 2) ? 8 : Reached(z) ? 1 : 0;
        }
        return (logOdds, rain);
    }
}
