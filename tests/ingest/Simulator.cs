using System.Numerics;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Quality;
using ConvLstm.Nowcast.Ingest.Simulation;
using MathNet.Numerics;
using MathNet.Numerics.IntegralTransforms;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest;

public sealed class Simulator
{
    public static TheoryData<RainScenario> Scenarios { get; } = new(Enum.GetValues<RainScenario>());

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void TheSameOptionsGiveTheSameRainToTheLastBit(RainScenario scenario)
    {
        var options = new SimulationOptions { Scenario = scenario, Size = 64, Frames = 4 };
        var (first, second) = (RainSimulator.Run(options).ToArray(), RainSimulator.Run(options).ToArray());
        for (var i = 0; i < first.Length; i++)
            Assert.Equal(first[i].Frame.RainRate, second[i].Frame.RainRate);
        Assert.NotEqual(first[0].Frame.RainRate, RainSimulator.Run(options with { Seed = 2 }).First().Frame.RainRate);
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void RainCoversAPartOfTheAreaAndIsHeavySomewhere(RainScenario scenario)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var summaries = RainSimulator.Run(new() { Scenario = scenario, Seed = seed }).Select(s => ScanSummary.Of(s.Frame)).ToArray();
            Assert.InRange(summaries.Average(s => s.WetShare), 0.1, 0.4);
            Assert.InRange(summaries.Max(s => s.MaxMmH!.Value), 15, 75);
            Assert.All(summaries, s => Assert.Equal((0, 0), (s.MissingShare, s.MinMmH!.Value)));
        }
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void RainMovesWithTheWindThatIsReported(RainScenario scenario)
    {
        var scans = RainSimulator.Run(new() { Scenario = scenario, Frames = 24 }).ToArray();
        Assert.All(scans.Skip(1), s => Assert.InRange(double.Hypot(s.MotionX, s.MotionY), 0.8, 3.2));
        Assert.True(Agreement(scans, 2, moved: true) > Agreement(scans, 2, moved: false) + 0.05);
        // Going with the wind backwards is worse than staying.
        Assert.True(Agreement(scans, 2, moved: true, sign: -1) < Agreement(scans, 2, moved: false));
    }

    [Fact]
    public void TheWindTurns()
    {
        var scans = RainSimulator.Run(new() { Size = 16, Frames = 37 }).ToArray();
        var (start, end) = (Math.Atan2(scans[1].MotionY, scans[1].MotionX), Math.Atan2(scans[^1].MotionY, scans[^1].MotionX));
        // Three hours at 5 to 20 degrees an hour.
        Assert.InRange(Math.Abs(double.RadiansToDegrees(Math.IEEERemainder(end - start, 2 * Math.PI))), 14, 61);
    }

    [Fact]
    public void CellsGrowAndDecay()
    {
        var heaviest = RainSimulator.Run(new() { Scenario = RainScenario.Convective, Frames = 60 })
            .Select(s => ScanSummary.Of(s.Frame).MaxMmH!.Value).ToArray();
        var changes = heaviest.Zip(heaviest.Skip(2), (a, b) => b / a).ToArray();
        Assert.Contains(changes, c => c > 1.4);
        Assert.Contains(changes, c => c < 0.8);
    }

    [Fact]
    public void LargeScalesHoldMoreOfTheRainThanSmallOnes()
    {
        // Means over blocks keep much of the variance of rain; of white noise a block of 8×8 keeps a 64th.
        var rain = RainSimulator.Run(new() { Scenario = RainScenario.Stratiform, Frames = 1 })
            .Single().Frame.RainRate.Select(r => Math.Log(1 + r)).ToArray();
        var blocks = Enumerable.Range(0, 16 * 16).Select(b => Enumerable.Range(0, 64)
            .Average(i => rain[((((b / 16) * 8) + (i / 8)) * 128) + ((b % 16) * 8) + (i % 8)])).ToArray();
        Assert.InRange(Variance(blocks) / Variance(rain), 0.4, 0.98);
    }

    [Theory]
    [InlineData(2.5)]
    [InlineData(3.4)]
    public void TheFieldHasThePowerLawSpectrumThatWasAskedFor(double slope)
    {
        const int Size = 128;
        var (power, count) = (new double[Size], new int[Size]);
        for (var seed = 0; seed < 4; seed++)
        {
            var field = new SpectralField(Size, slope, outerScale: 64, stepMinutes: 5, new Random(seed));
            var spectrum = Spectrum(field.Values.ToArray(), Size);
            for (var n = 0; n < spectrum.Length; n++)
            {
                var (i, j) = (Math.Min(n % Size, Size - (n % Size)), Math.Min(n / Size, Size - (n / Size)));
                var ring = (int)Math.Round(double.Hypot(i, j));
                power[ring] += spectrum[n].MagnitudeSquared();
                count[ring]++;
            }
        }
        // Rings from 32 pixels to 3.
        var points = Enumerable.Range(4, 36).Select(k => (X: Math.Log((double)k), Y: Math.Log(power[k] / count[k]))).ToArray();
        var (meanX, meanY) = (points.Average(p => p.X), points.Average(p => p.Y));
        Assert.Equal(-slope, points.Sum(p => (p.X - meanX) * (p.Y - meanY)) / points.Sum(p => (p.X - meanX) * (p.X - meanX)), 0.15);
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void TheLogarithmOfTheRateIsFarLessSkewedThanTheRate(RainScenario scenario)
    {
        var wet = RainSimulator.Run(new() { Scenario = scenario, Frames = 24 }).SelectMany(s => s.Frame.RainRate).Where(r => r > 0)
            .Select(r => (double)r).ToArray();
        Assert.True(Skewness(wet) > 2);
        Assert.InRange(Skewness([.. wet.Select(r => Math.Log(r))]), -0.8, 0.8);
    }

    [Fact]
    public void TheFramesFollowTheStepAndTheGridIsMetric()
    {
        var scans = RainSimulator.Run(new() { Size = 32, Frames = 3, Step = TimeSpan.FromMinutes(10), Start = Sample.Time }).ToArray();
        Assert.Equal([Sample.Time, Sample.Time.AddMinutes(10), Sample.Time.AddMinutes(20)], scans.Select(s => s.Frame.ValidTime));
        var grid = scans[0].Frame.Grid;
        Assert.Equal((32, 32, 1000, -16000, 16000), (grid.Width, grid.Height, grid.PixelX, grid.OriginX, grid.OriginY));
    }

    [Fact]
    public void TheFileOfAScanIsReadBack()
    {
        using var folder = new TemporaryFolder();
        var frame = RainSimulator.Run(new() { Size = 48, Frames = 1 }).Single().Frame;
        using var file = RadarFormats.Open(Sample.RadarFile(folder, frame));
        Assert.Equal((frame.Grid, frame.ValidTime, "mm h-1"), (file.Grid, file.ValidTimes[0], file.Units));
        Assert.All(frame.RainRate.Zip(file.Read(0).RainRate), pair => Assert.Equal(pair.First, pair.Second, 0.00501f));
    }

    [Theory]
    [InlineData(8, 10, 5)]
    [InlineData(64, 0, 5)]
    [InlineData(64, 10, 0)]
    public void WhatCannotBeSimulatedIsNamed(int size, int frames, int step) => Assert.Throws<ReportedException>(() =>
        RainSimulator.Run(new() { Size = size, Frames = frames, Step = TimeSpan.FromMinutes(step) }));

    // The critical success index at 1 mm/h of a scan for the one some steps later, moved with the wind or left where it is.
    private static double Agreement(SimulatedScan[] scans, int lead, bool moved, int sign = 1)
    {
        var (hits, events) = (0, 0);
        for (var t = 0; t + lead < scans.Length; t++)
        {
            var (from, to) = (scans[t].Frame, scans[t + lead].Frame);
            var dx = moved ? sign * (int)Math.Round(scans[(t + 1)..(t + lead + 1)].Sum(s => s.MotionX)) : 0;
            var dy = moved ? sign * (int)Math.Round(scans[(t + 1)..(t + lead + 1)].Sum(s => s.MotionY)) : 0;
            var size = from.Grid.Width;
            for (var row = 10; row < size - 10; row++)
            {
                for (var column = 10; column < size - 10; column++)
                {
                    var predicted = from.RainRate[((row - dy) * size) + column - dx] >= 1;
                    var observed = to.RainRate[(row * size) + column] >= 1;
                    hits += predicted && observed ? 1 : 0;
                    events += predicted || observed ? 1 : 0;
                }
            }
        }
        return (double)hits / events;
    }

    private static Complex[] Spectrum(Complex[] field, int size)
    {
        var (line, other) = (new Complex[size], new Complex[field.Length]);
        foreach (var (from, to) in ((Complex[], Complex[])[])[(field, other), (other, field)])
        {
            for (var row = 0; row < size; row++)
            {
                Array.Copy(from, row * size, line, 0, size);
                Fourier.Forward(line);
                for (var column = 0; column < size; column++)
                    to[(column * size) + row] = line[column];
            }
        }
        return field;
    }

    private static double Skewness(double[] values)
    {
        var (mean, deviation) = (values.Average(), Math.Sqrt(Variance(values)));
        return values.Average(v => Math.Pow((v - mean) / deviation, 3));
    }

    private static double Variance(double[] values)
    {
        var mean = values.Average();
        return values.Average(v => (v - mean) * (v - mean));
    }
}
