using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Sequences;
using Xunit;
using Arranging = ConvLstm.Nowcast.Ingest.Sequences.Sequencing;

namespace ConvLstm.Nowcast.Tests.Ingest;

public sealed class Sequencing
{
    [Fact]
    public void ScansInAnyOrderBecomeOneRegularSeries()
    {
        var result = Arranging.Arrange(Sample.Scans(20, 0, 10, 5, 15));
        var series = Assert.Single(result.Series);
        Assert.Equal(TimeSpan.FromMinutes(5), series.Step);
        Assert.Equal((Sample.Time, Sample.Time.AddMinutes(20), 5), (series.Start, series.End, series.Scans.Count));
        Assert.Empty(result.Dropped);
        Assert.Empty(result.Gaps);
        var sequence = series.Load(1, 3, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([3f, 2f, 4f], sequence.Frames.Select(f => f.RainRate[0]));
        Assert.Equal(Sample.Time.AddMinutes(15), sequence.IssueTime);
    }

    [Fact]
    public void AGapEndsASeriesAndIsReported()
    {
        var result = Arranging.Arrange(Sample.Scans(0, 5, 10, 20, 25, 60, 65));
        Assert.Equal([3, 2, 2], result.Series.Select(s => s.Scans.Count));
        var gap = Assert.Single(result.Gaps);
        Assert.Equal((1, false, "scan 2", "scan 3"), (gap.Missing, gap.IsFilled, gap.After.Source, gap.Before.Source));
    }

    [Fact]
    public void AGapThatIsFilledDoesNotEndTheSeries()
    {
        var result = Arranging.Arrange(Sample.Scans(0, 5, 10, 20, 25), new() { Filling = new CopyBefore() });
        Assert.Equal(6, Assert.Single(result.Series).Scans.Count);
        Assert.True(Assert.Single(result.Gaps).IsFilled);
        Assert.True(result.Series[0].Load(TestContext.Current.CancellationToken).Frames[3].IsInterpolated);
    }

    [Fact]
    public void OfTwoScansOfOneTimeTheOneThatObservedMoreIsKept()
    {
        var complete = new FrameScan(Sample.RadarFrame(at: Sample.Time.AddMinutes(5), rate: 1), "complete");
        var partial = new FrameScan(new RadarFrame(complete.Grid, complete.ValidTime,
            [float.NaN, .. complete.Read().RainRate.Skip(1)]), "partial");
        var result = Arranging.Arrange([.. Sample.Scans(0, 10, 15), complete, partial]);
        Assert.Equal("complete", Assert.Single(result.Series).Scans[1].Source);
        var dropped = Assert.Single(result.Dropped);
        Assert.Equal("partial", dropped.Scan.Source);
        Assert.Contains("double of complete", dropped.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void OfTwoEqualScansOfOneTimeTheLaterOneIsKept()
    {
        var result = Arranging.Arrange(Sample.Scans(0, 5, 5, 10));
        Assert.Equal("scan 2", Assert.Single(result.Series).Scans[1].Source);
        Assert.Equal("scan 1", Assert.Single(result.Dropped).Scan.Source);
    }

    [Fact]
    public void SomeSecondsEarlyOrLateAreForgivenAndTheTimesMadeRegular()
    {
        var series = Assert.Single(Arranging.Arrange(Sample.Scans(0, 5.2, 9.9, 15, 20.1)).Series);
        Assert.Equal(5, series.Scans.Count);
        Assert.Equal(Enumerable.Range(0, 5).Select(i => Sample.Time.AddMinutes(5 * i)),
            series.Load(TestContext.Current.CancellationToken).Frames.Select(f => f.ValidTime));
    }

    [Fact]
    public void AScanOffTheStepIsLeftOutAndNamed()
    {
        var result = Arranging.Arrange(Sample.Scans(0, 5, 7, 10, 15, 20));
        Assert.Equal(5, Assert.Single(result.Series).Scans.Count);
        Assert.Contains("off the step of 5 minutes", Assert.Single(result.Dropped).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ScansOfTwoGridsAreNeverInOneSeries()
    {
        var other = Sample.RadarGrid(5, 5);
        IScan[] scans = [.. Sample.Scans(0, 5, 10),
            .. Enumerable.Range(0, 3).Select(i => new FrameScan(Sample.RadarFrame(other, Sample.Time.AddMinutes(5 * i))))];
        var result = Arranging.Arrange(scans);
        Assert.Equal(2, result.Series.Count);
        Assert.All(result.Series, s => Assert.All(s.Scans, scan => Assert.Equal(s.Grid, scan.Grid)));
    }

    [Fact]
    public void TwoEventsMayHaveStepsOfTheirOwn()
    {
        var result = Arranging.Arrange(Sample.Scans(0, 5, 10, 15, 1002, 1012, 1022));
        Assert.Equal([5, 10], result.Series.Select(s => s.Step.TotalMinutes));
        Assert.Equal(Sample.Time.AddMinutes(1002), result.Series[1].Start);
    }

    [Fact]
    public void AScanAloneHasNoStepAndIsReported()
    {
        var result = Arranging.Arrange(Sample.Scans(0));
        Assert.Empty(result.Series);
        Assert.Single(result.Dropped);
        Assert.Single(Arranging.Arrange(Sample.Scans(0), new() { Step = TimeSpan.FromMinutes(5) }).Series);
    }

    [Fact]
    public void AnyScansGiveSeriesThatAreRegularAndLoseNone()
    {
        var random = new Random(5);
        for (var round = 0; round < 200; round++)
        {
            var minutes = Enumerable.Range(0, random.Next(2, 40)).Select(_ => 5.0 * random.Next(60)).ToArray();
            var result = Arranging.Arrange(Sample.Scans(minutes));
            Assert.Equal(minutes.Length, result.Series.Sum(s => s.Scans.Count) + result.Dropped.Count);
            foreach (var series in result.Series)
                Assert.Equal(series.Scans.Count, series.Load(TestContext.Current.CancellationToken).Frames.Count);
        }
    }

    [Fact]
    public void AFolderOfFilesIsReadOnlyWhenItsFramesAreAskedFor()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 4; i++)
            Sample.RadarFile(folder, Sample.RadarFrame(at: Sample.Time.AddMinutes(10 * i), rate: i));
        File.WriteAllText(folder.File("broken.nc"), "no radar");
        var archive = RadarArchive.Open([folder.Path], RadarFormats.Open, cancellation: TestContext.Current.CancellationToken);
        Assert.Contains("broken.nc", Assert.Single(archive.Problems).Message, StringComparison.Ordinal);
        var series = Assert.Single(Arranging.Arrange(archive.Scans).Series);
        Assert.Equal((4, TimeSpan.FromMinutes(10)), (series.Scans.Count, series.Step));
        Assert.Equal(3, series.Load(3, 1, cancellation: TestContext.Current.CancellationToken).Frames[0].RainRate[0], 1e-3f);
        File.Delete(((FileScan)series.Scans[2]).Path);
        Assert.Throws<ReportedException>(() => series.Load(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void AnArchiveOfBadFilesOnlyIsAnError()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("broken.nc"), "no radar");
        Assert.Throws<RadarFileException>(() =>
            RadarArchive.Open([folder.Path], RadarFormats.Open, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void ACacheReadsAScanOnceAndKeepsToItsSize()
    {
        var scans = Enumerable.Range(0, 4).Select(i => new CountingScan(Sample.RadarFrame(at: Sample.Time.AddMinutes(i)))).ToArray();
        var cache = new FrameCache(2 * sizeof(float) * scans[0].Grid.PixelCount);
        foreach (var scan in scans)
            Assert.Same(cache.Get(scan), cache.Get(scan));
        Assert.All(scans, s => Assert.Equal(1, s.Reads));
        cache.Get(scans[3]);
        cache.Get(scans[0]);
        Assert.Equal((1, 2), (scans[3].Reads, scans[0].Reads));
    }

    private sealed class CopyBefore : IGapFilling
    {
        public int LongestGap => 2;

        public IReadOnlyList<IScan> Fill(IScan before, IScan after, IReadOnlyList<DateTimeOffset> missing) =>
            [.. missing.Select(t => new FrameScan(new RadarFrame(before.Grid, t, before.Read().RainRate) { IsInterpolated = true }))];
    }

    private sealed class CountingScan(RadarFrame frame) : IScan
    {
        internal int Reads { get; private set; }

        public RadarGrid Grid => frame.Grid;

        public DateTimeOffset ValidTime => frame.ValidTime;

        public string Source => "counted";

        public RadarFrame Read(CancellationToken cancellation = default)
        {
            Reads++;
            return frame;
        }
    }
}
