using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Quality;
using ConvLstm.Nowcast.Ingest.Sequences;
using Xunit;
using Arranging = ConvLstm.Nowcast.Ingest.Sequences.Sequencing;

namespace ConvLstm.Nowcast.Tests.Ingest;

public sealed class TrainingData
{
    [Fact]
    public void WindowsAreAllThatFitTheSeries()
    {
        var windows = TrainingWindows.Cut([Series(10)], past: 3, future: 4);
        Assert.Equal([0, 1, 2, 3], windows.Select(w => w.Start));
        Assert.Equal(Sample.Time.AddMinutes(10), windows[0].IssueTime);
        Assert.Equal(7, windows[3].Load(cancellation: TestContext.Current.CancellationToken).Frames.Count);
        Assert.Equal([0, 2], TrainingWindows.Cut([Series(10)], 3, 4, stride: 2).Select(w => w.Start));
        Assert.Empty(TrainingWindows.Cut([Series(6)], 3, 4));
    }

    [Theory]
    [InlineData(144, 10, 0.15, 0)]
    [InlineData(144, 10, 0.15, 0.15)]
    [InlineData(60, 12, 0.2, 0)]
    [InlineData(30, 10, 0.15, 0)]
    [InlineData(2000, 10, 0.1, 0.1)]
    public void NoScanServesTwoParts(int scans, int length, double validation, double test)
    {
        ScanSeries[] series = [Series(scans), Series(scans / 2, Sample.RadarGrid(4, 4))];
        var windows = TrainingWindows.Cut(series, length - 4, 4);
        var split = new TimeSplit(series, length, validation, test);
        var used = new Dictionary<DateTimeOffset, DataPart>();
        foreach (var window in windows)
        {
            if (split.PartOf(window) is not { } part)
                continue;
            for (var i = 0; i < window.Length; i++)
            {
                var time = window.Series.TimeOf(window.Start + i);
                Assert.Equal(part, used.GetValueOrDefault(time, part));
                used[time] = part;
            }
        }
        Assert.NotEmpty(split.Select(windows, DataPart.Training));
        Assert.NotEmpty(split.Select(windows, DataPart.Validation));
        Assert.Equal(test > 0, split.Select(windows, DataPart.Test).Count > 0);
        // A block is never shorter than a window, so the share may be larger where there are few scans.
        Assert.InRange(used.Count(u => u.Value == DataPart.Validation) / (double)scans, 0.5 * validation,
            Math.Max(1.3 * validation, (double)length / scans));
    }

    [Fact]
    public void TooFewScansAllTrain()
    {
        var series = Series(12);
        var windows = TrainingWindows.Cut([series], 4, 4);
        Assert.Equal(windows, new TimeSplit([series], 8, 0.2).Select(windows, DataPart.Training));
    }

    [Fact]
    public void WetWindowsAreDrawnMoreOftenAndTheirWeightsUndoIt()
    {
        // The second half of the series rains.
        var scans = Enumerable.Range(0, 40)
            .Select(i => new FrameScan(Sample.RadarFrame(at: Sample.Time.AddMinutes(5 * i), rate: i < 20 ? 0 : 5))).ToArray();
        var windows = TrainingWindows.Cut(Arranging.Arrange(scans).Series, 2, 2);
        var sampler = WindowSampler.ByRain(windows, cancellation: TestContext.Current.CancellationToken);
        var random = new Random(3);
        var draws = Enumerable.Range(0, 20_000).Select(_ => sampler.Draw(random)).ToArray();
        Assert.InRange(draws.Count(d => d.Window.Start >= 18) / 20_000.0, 0.9, 1);
        Assert.Equal(1, draws.Average(d => d.Weight), 0.05);
        // With the weights the mean start is that of all windows.
        Assert.Equal(windows.Average(w => w.Start), draws.Average(d => d.Weight * d.Window.Start), 1.0);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.1f)]
    [InlineData(1f)]
    [InlineData(37.5f)]
    [InlineData(250f)]
    public void NormalisationIsUndoneByItsInverse(float rate) =>
        Assert.Equal(rate, Normalisation.Default.Invert(Normalisation.Default.Apply(rate)), Math.Max(1e-6f, rate * 1e-4f));

    [Fact]
    public void NormalisationMapsDryToZeroAndTheLargestRateToOneAndRises()
    {
        var normalisation = new Normalisation(0.2f, 64);
        Assert.Equal(0, normalisation.Apply(0));
        Assert.Equal(1, normalisation.Apply(64), 1e-6f);
        Assert.True(normalisation.Apply(1) < normalisation.Apply(2));
        Assert.Equal(0, normalisation.Invert(-0.3f));
        Assert.True(float.IsNaN(normalisation.Invert(normalisation.Apply(float.NaN))));
    }

    [Fact]
    public void ACheckpointKeepsTheNormalisation()
    {
        var normalisation = new Normalisation(0.15f, 90);
        Assert.Equal(normalisation, Normalisation.FromMetadata(normalisation.ToMetadata()));
        Assert.Throws<ReportedException>(() => Normalisation.FromMetadata(new Dictionary<string, string>()));
        var damaged = new Dictionary<string, string>(normalisation.ToMetadata()) { ["normalisation.max_mm_h"] = "-3" };
        Assert.Contains("normalisation.max_mm_h", Assert.Throws<ReportedException>(() => Normalisation.FromMetadata(damaged)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ABatchHoldsRainAndMaskOfEveryPixelInOrder()
    {
        RadarSequence[] sequences = [Sample.RadarSequence(3), Sample.RadarSequence(3)];
        var batch = SequenceBatch.Of(sequences, Normalisation.Default);
        Assert.Equal([2, 3, 6, 8, 2], batch.Shape);
        Assert.Equal(2 * 3 * 6 * 8 * 2, batch.Values.Length);
        var n = 0;
        foreach (var rate in sequences.SelectMany(s => s.Frames).SelectMany(f => f.RainRate))
        {
            var observed = !float.IsNaN(rate);
            Assert.Equal(observed ? Normalisation.Default.Apply(rate) : 0, batch.Values[n++], 1e-6f);
            Assert.Equal(observed ? 1 : 0, batch.Values[n++]);
        }
    }

    [Fact]
    public void ABatchOfRectanglesHoldsOnlyThem()
    {
        var sequence = Sample.RadarSequence(2);
        var batch = SequenceBatch.Of([sequence, sequence], Normalisation.Default, [new(1, 2, 3, 2), new(5, 4, 3, 2)]);
        Assert.Equal([2, 2, 2, 3, 2], batch.Shape);
        // Second sequence, second frame, second row, third column.
        var rate = sequence.Frames[1].RainRate[(5 * 8) + 7];
        Assert.Equal(float.IsNaN(rate) ? 0 : Normalisation.Default.Apply(rate), batch.Values[((((1 * 2) + 1) * 2) + 1) * 3 * 2 + (2 * 2)],
            1e-6f);
        Assert.Throws<ArgumentException>(() => SequenceBatch.Of([sequence], Normalisation.Default, [new(6, 0, 3, 2)]));
        Assert.Throws<ArgumentException>(() => SequenceBatch.Of([sequence, Sample.RadarSequence(3)], Normalisation.Default));
    }

    [Fact]
    public void ASummaryCountsTheThreeStates()
    {
        var summary = ScanSummary.Of([float.NaN, 0, 0.1f, 2, 4, float.NaN, 0, 0]);
        Assert.Equal((0.25, 2 / 6.0, 0.0, 4.0), (summary.MissingShare, summary.WetShare, summary.MinMmH, summary.MaxMmH));
        Assert.Equal((0.1f + 6) / 6.0, summary.MeanMmH!.Value, 1e-6);
        Assert.Equal(new ScanSummary(1, 0, null, null, null), ScanSummary.Of([float.NaN, float.NaN]));
    }

    private static ScanSeries Series(int scans, RadarGrid? grid = null) => Assert.Single(Arranging.Arrange(
        Enumerable.Range(0, scans).Select(i => new FrameScan(Sample.RadarFrame(grid, Sample.Time.AddMinutes(5 * i), rate: 1)))).Series);
}
