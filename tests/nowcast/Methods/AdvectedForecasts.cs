using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Methods;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Methods;

public sealed class AdvectedForecasts
{
    private static readonly ForecastRequest HalfAnHour = new(TimeSpan.FromMinutes(30), [0.1f, 1, 5, 10]);

    [Fact]
    public void PersistenceAndExtrapolationCoincideForRainThatStands()
    {
        var past = new Blobs(90, 70).Moving(0, 0);

        var stays = new Persistence().Forecast(past, HalfAnHour, default);
        var moves = new Extrapolation().Forecast(past, HalfAnHour, default);

        Assert.Equal(6, moves.LeadTimes.Count);
        for (var lead = 0; lead < 6; lead++)
        {
            AssertClose(stays.RainRate[lead], moves.RainRate[lead]);
            for (var t = 0; t < 4; t++)
                AssertClose(stays.ExceedanceProbability[t][lead], moves.ExceedanceProbability[t][lead]);
        }
    }

    [Fact]
    public void ExtrapolationIsWhereTheRainGoes()
    {
        var blobs = new Blobs(160, 120);
        var forecast = new Extrapolation().Forecast(blobs.Moving(4, -1.5), HalfAnHour, default);

        var then = blobs.Shifted(4 * (3 + 6), -1.5 * (3 + 6));
        double error = 0, count = 0;
        for (var i = 0; i < then.Length; i++)
        {
            Assert.Equal(float.IsNaN(forecast.RainRate[5][i]), forecast.AirFromOutside[5][i]);
            if (!float.IsNaN(forecast.RainRate[5][i]))
                (error, count) = (error + Math.Abs(forecast.RainRate[5][i] - then[i]), count + 1);
        }
        Assert.InRange(error / count, 0, 0.1);
        Assert.InRange(count / then.Length, 0.7, 0.95);
    }

    [Fact]
    public void ProbabilitiesLieBetweenZeroAndOneAndFallWithTheThreshold()
    {
        var past = new Blobs(90, 70).Moving(5, 2);
        past.Frames[^1].RainRate.AsSpan(1000, 900).Fill(float.NaN);

        foreach (var method in (IForecaster[])[new Persistence(), new Extrapolation()])
        {
            var forecast = method.Forecast(past, HalfAnHour, default);
            for (var lead = 0; lead < 6; lead++)
            {
                for (var i = 0; i < 90 * 70; i++)
                {
                    var ladder = forecast.ExceedanceProbability.Select(p => p[lead][i]).ToArray();
                    Assert.True(ladder.All(float.IsNaN) || ladder.All(p => p is >= 0 and <= 1), $"{string.Join(", ", ladder)}");
                    Assert.True(ladder.All(float.IsNaN) || ladder.SequenceEqual(ladder.OrderDescending()), $"{string.Join(", ", ladder)}");
                }
            }
        }
    }

    [Fact]
    public void AProbabilityIsTheShareOfPixelsAboveTheThresholdInABoxThatGrowsWithTheLead()
    {
        var past = new Blobs(50, 40).Moving(0, 0);
        var forecast = new Persistence().Forecast(past, HalfAnHour, default);

        // 30 minutes at 1 km a minute, on 1 km pixels: 15 pixels on each side, rounded down to an odd box.
        var rain = past.Frames[^1].RainRate;
        var (count, above) = (0, 0);
        for (var y = 20 - 14; y <= 20 + 14; y++)
        {
            for (var x = 25 - 14; x <= 25 + 14; x++)
                (count, above) = (count + 1, above + (rain[(y * 50) + x] >= 1 ? 1 : 0));
        }
        Assert.Equal(above / (double)count, forecast.ExceedanceProbability[1][5][(20 * 50) + 25], 1e-5);
    }

    [Fact]
    public void WhereTheAirIsNotKnownTheRateIsMissingAndTheProbabilityIsClimatology()
    {
        var past = new Blobs(120, 60, count: 80).Moving(8, 0);

        var forecast = new Extrapolation().Forecast(past, new ForecastRequest(TimeSpan.FromMinutes(25), [1]), default);

        var west = (30 * 120) + 1;
        var newest = past.Frames[^1].RainRate;
        Assert.Equal(float.NaN, forecast.RainRate[4][west]);
        Assert.True(forecast.AirFromOutside[4][west]);
        Assert.Equal(newest.Count(r => r >= 1) / (double)newest.Length, forecast.ExceedanceProbability[0][4][west], 1e-4);
    }

    [Fact]
    public void WhatNoRadarSeesStaysUnknown()
    {
        var past = new Blobs(60, 60).Moving(0, 0);
        foreach (var frame in past.Frames)
            frame.RainRate.AsSpan(0, 60 * 20).Fill(float.NaN);

        var forecast = new Extrapolation().Forecast(past, HalfAnHour, default);

        Assert.All(Enumerable.Range(0, 60 * 19), i => Assert.True(float.IsNaN(forecast.ExceedanceProbability[0][2][i])));
        Assert.All(Enumerable.Range(60 * 21, 60 * 39), i => Assert.False(float.IsNaN(forecast.ExceedanceProbability[0][2][i])));
    }

    [Fact]
    public void TheForecastSaysWhatItCameFrom()
    {
        var past = new Blobs(40, 40).Moving(1, 1, frames: 5);
        past.Frames[^1].RainRate.AsSpan(0, 400).Fill(float.NaN);

        var forecast = new Extrapolation().Forecast(past, HalfAnHour, default);

        Assert.Equal("extrapolation", forecast.Provenance.Method);
        Assert.Equal(past.Frames.TakeLast(3).Select(f => f.ValidTime), forecast.Provenance.Inputs);
        Assert.Equal([1, 1, 0.75], forecast.Provenance.InputQuality);
        Assert.Equal(past.IssueTime, forecast.IssueTime);
        Assert.Equal(past.IssueTime.AddMinutes(15), forecast.ValidTime(2));
    }

    [Fact]
    public void PixelsOnALatLonGridAreMeasuredOnTheGround()
    {
        var grid = Sample.RadarGrid(10, 10, "+proj=longlat +ellps=WGS84 +no_defs", 0.01, 10, 60.05);

        var (column, row) = PixelSize.Kilometres(grid);

        Assert.Equal(1.112, row, 0.005);
        Assert.Equal(0.556, column, 0.005);
    }

    [Fact]
    public void AMethodThatIsNotThereIsNamedWithThoseThatAre()
    {
        var methods = new ForecastMethods();

        var error = Assert.Throws<ReportedException>(() => methods.Make("oracle"));

        Assert.Contains("oracle", error.Message, StringComparison.Ordinal);
        Assert.Contains("extrapolation, persistence", error.Message, StringComparison.Ordinal);
        Assert.Equal("persistence", methods.Add("mine", () => new Persistence()).Make("mine").Method);
    }

    [Fact]
    public void OneScanIsTooFewToExtrapolate() =>
        Assert.Throws<ArgumentException>(() => new Extrapolation().Forecast(Sample.RadarSequence(1), HalfAnHour, default));

    [Fact]
    public void AForecastStopsWhenAsked() =>
        Assert.Throws<OperationCanceledException>(
            () => new Extrapolation().Forecast(new Blobs(40, 40).Moving(1, 0), HalfAnHour, new CancellationToken(canceled: true)));

    private static void AssertClose(float[] expected, float[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 2e-3f);
    }
}
