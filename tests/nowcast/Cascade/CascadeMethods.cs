using ConvLstm.Nowcast.Cascade;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Methods;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Cascade;

public sealed class CascadeMethods
{
    private static readonly ForecastRequest HalfAnHour = new(TimeSpan.FromMinutes(30), [0.1f, 1, 5, 10]);

    [Fact]
    public void RainThatOnlyMovesIsForecastAsExtrapolationDoes()
    {
        var past = new Blobs(96, 80).Moving(2, -1, frames: 5);
        var extrapolation = new Extrapolation().Forecast(past, HalfAnHour, default);

        foreach (var method in (IForecaster[])[new Sprog(), new Anvil()])
        {
            var forecast = method.Forecast(past, HalfAnHour, default);
            var (error, rain) = (0.0, 0.0);
            for (var i = 0; i < past.Grid.PixelCount; i++)
            {
                var expected = extrapolation.RainRate[5][i];
                if (float.IsNaN(expected) || float.IsNaN(forecast.RainRate[5][i]))
                    continue;
                (error, rain) = (error + Math.Abs(forecast.RainRate[5][i] - expected), rain + expected);
            }
            Assert.True(error < 0.15 * rain, $"{method.Method}: {error / rain}");
        }
    }

    [Fact]
    public void SprogKeepsTheWetAreaAndTheRatesOfTheNewestScan()
    {
        var past = Simulated();
        var newest = past.Frames[^1].RainRate;
        var field = Enumerable.Range(0, newest.Length).Select(i => MathF.Sin(i * 0.37f)).ToArray();

        new DistributionMatching(newest).Apply(field);

        Assert.Equal(newest.Count(r => r >= 0.1f), field.Count(r => r >= 0.1f), newest.Length * 0.001);
        Assert.Equal(newest.Where(r => r >= 0.1f).Average(), field.Where(r => r >= 0.1f).Average(), 0.01 * newest.Max());
    }

    /// <summary>The wet area of the newest scan stays, so growth shows in rates.</summary>
    [Theory]
    [InlineData(1.15)]
    [InlineData(0.85)]
    public void AnvilGoesOnWithGrowthAndDecay(double factor)
    {
        var blobs = new Blobs(96, 80);
        var still = blobs.Shifted(0, 0);
        var past = blobs.Sequence(Enumerable.Range(0, 5).Select(t => Array.ConvertAll(still, r => (float)(r * Math.Pow(factor, t)))));

        var forecast = new Anvil().Forecast(past, HalfAnHour, default);

        var (now, then) = (past.Frames[^1].RainRate.Sum(), forecast.RainRate[2].Where(r => !float.IsNaN(r)).Sum());
        Assert.True(factor > 1 ? then > now * 1.05 : then < now * 0.95, $"{now} to {then}");
    }

    [Fact]
    public void MembersOfStepsDifferAndASeedGivesThemAgain()
    {
        var past = Simulated();

        var (first, again) = (new Steps(3, seed: 7).Forecast(past, HalfAnHour, default),
            new Steps(3, seed: 7).Forecast(past, HalfAnHour, default));

        Assert.Equal(3, first.Members.Count);
        Assert.Equal(first.Members[1][5], again.Members[1][5]);
        Assert.NotEqual(first.Members[0][5], first.Members[1][5]);
        // Members part the more the longer they run.
        Assert.True(Spread(first, 5) > Spread(first, 0));
    }

    [Fact]
    public void ProbabilitiesOfStepsAreSharesOfItsMembersAndItsRateTheirMean()
    {
        var forecast = new Steps(4).Forecast(Simulated(), HalfAnHour, default);

        for (var i = 0; i < forecast.RainRate[3].Length; i += 7)
        {
            var members = forecast.Members.Select(m => m[3][i]).Where(r => !float.IsNaN(r)).ToArray();
            if (members.Length == 0)
            {
                Assert.True(float.IsNaN(forecast.RainRate[3][i]));
                continue;
            }
            Assert.Equal(members.Average(), forecast.RainRate[3][i], 1e-4f);
            Assert.Equal(members.Count(r => r >= 1) / (float)members.Length, forecast.ExceedanceProbability[1][3][i], 1e-5f);
        }
    }

    [Theory]
    [InlineData(Sprog.Name)]
    [InlineData(Anvil.Name)]
    [InlineData(Steps.Name)]
    public void WhatNoRadarSawStaysUnknownAndADrySceneStaysDry(string name)
    {
        var blobs = new Blobs(96, 80);
        var dry = blobs.Sequence(Enumerable.Range(0, 5).Select(_ => new float[96 * 80]));
        var gap = blobs.Moving(0, 0, frames: 5);
        foreach (var frame in gap.Frames)
            frame.RainRate.AsSpan(0, 96 * 20).Fill(float.NaN);

        var (nothing, known) = (new ForecastMethods().Make(name).Forecast(dry, HalfAnHour, default),
            new ForecastMethods().Make(name).Forecast(gap, HalfAnHour, default));

        Assert.All(nothing.RainRate[5], rate => Assert.True(rate is 0 or float.NaN));
        Assert.All(known.RainRate[0].Take(96 * 15), rate => Assert.True(float.IsNaN(rate)));
        Assert.True(known.RainRate[0].Skip(96 * 25).Count(float.IsNaN) < 96 * 5);
    }

    private static RadarSequence Simulated()
    {
        var scans = RainSimulator.Run(new() { Seed = 5, Frames = 6 }).Select(s => s.Frame).ToArray();
        return new RadarSequence(scans[1].ValidTime - scans[0].ValidTime, scans);
    }

    private static double Spread(RainForecast forecast, int lead)
    {
        var sum = 0.0;
        for (var i = 0; i < forecast.Grid.PixelCount; i++)
        {
            var difference = forecast.Members[0][lead][i] - forecast.Members[1][lead][i];
            sum += float.IsNaN(difference) ? 0 : Math.Abs(difference);
        }
        return sum;
    }
}
