using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Quality;
using ConvLstm.Nowcast.Ingest.Sequences;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest.Field;

/// <summary>What goes wrong at a service does not stop the forecasts: it is said, and the best that can be made is made.</summary>
public sealed class FaultyFeeds
{
    [Fact]
    public void ARadarThatGoesOutCostsNoScan()
    {
        var control = new QualityControl(TimeProvider.System);
        var reports = Directory.GetFiles(FieldCases.Path("01_radar_outage")).Order(StringComparer.Ordinal).Select(Read)
            .Select(control.Check).ToArray();
        Assert.Equal(20, reports.Length);
        Assert.All(reports, r => Assert.True(r.Usable, r.Problems()));
        Assert.StartsWith("missing", reports[12].Warnings(), StringComparison.Ordinal);
        Assert.Empty(reports[^1].Warnings());
    }

    [Fact]
    public void AFeedWhoseTimesWanderHasItsStep()
    {
        var archive = RadarArchive.Open([FieldCases.Path("02_step_jitter")], RadarFormats.Open);
        var result = ConvLstm.Nowcast.Ingest.Sequences.Sequencing.Arrange(archive.Scans);
        Assert.Empty(result.Dropped);
        var series = Assert.Single(result.Series);
        Assert.Equal((TimeSpan.FromMinutes(5), 10), (series.Step, series.Scans.Count));
    }

    // Seconds off the beat.
    [Theory]
    [InlineData(10, 0, 20, -15, 25, -20, 10, -25, 5, 14, -9)]
    [InlineData(5, 3, -14, 9, 14, -13, 0, 7, -2, 11, -12)]
    [InlineData(15, 40, 50, 80, 35, 90, 45, 70, 60, 55)]
    public void TheStepIsThatOfTheBeatsAndNoScanIsLost(int minutes, params int[] off)
    {
        var scans = off.Select((seconds, i) =>
            (IScan)new FrameScan(Sample.RadarFrame(at: Sample.Time.AddMinutes(minutes * i).AddSeconds(seconds), rate: i), $"{i}"));
        var result = ConvLstm.Nowcast.Ingest.Sequences.Sequencing.Arrange(scans);
        Assert.Empty(result.Dropped);
        Assert.Equal((TimeSpan.FromMinutes(minutes), off.Length), (Assert.Single(result.Series).Step, result.Series[0].Scans.Count));
    }

    // A single radar scans when its volume is done: its times keep a step but no phase.
    [Theory]
    [InlineData(5.5, 338, 60)]
    [InlineData(5, 292, 40)]
    [InlineData(10, 605, 90)]
    public void AFeedWhoseTimesDriftLosesNoScan(double minutes, int seconds, int count)
    {
        var scans = Enumerable.Range(0, count).Where(i => i != 7).Select(i => (IScan)new FrameScan(
            Sample.RadarFrame(at: Sample.Time.AddSeconds((i * seconds) + (i % 3 * 4)), rate: i), $"{i}")).ToArray();
        var result = ConvLstm.Nowcast.Ingest.Sequences.Sequencing.Arrange(scans.Append(
            new FrameScan(Sample.RadarFrame(at: Sample.Time.AddSeconds(20.5 * seconds), rate: 1), "between")));
        Assert.Equal("between", Assert.Single(result.Dropped).Scan.Source);
        Assert.Equal(1, Assert.Single(result.Gaps).Missing);
        Assert.Equal(count - 1, result.Series.Sum(s => s.Scans.Count));
        Assert.InRange(result.Series.Count, 2, 12);
        var newest = result.Series.MaxBy(s => s.End)!;
        Assert.Equal((TimeSpan.FromMinutes(minutes), scans[^1].ValidTime), (newest.Step, newest.End));
        foreach (var (series, i) in result.Series.SelectMany(s => Enumerable.Range(0, s.Scans.Count).Select(i => (s, i))))
        {
            Assert.InRange((series.Scans[i].ValidTime - series.TimeOf(i)).Duration(), TimeSpan.Zero, series.Step / 2);
            Assert.Equal(i, series.IndexOf(series.Scans[i].ValidTime));
        }
    }

    [Fact]
    public void AScanFromTheFutureIsNotTheNewest()
    {
        var now = Sample.Time.AddHours(1);
        var control = new QualityControl(new Clock(now));
        Assert.True(control.Check(Sample.RadarFrame(at: now.AddMinutes(-5), rate: 1)).Usable);
        foreach (var hours in new[] { 0.75, 1, 9 })
            Assert.Contains("time", control.Check(Sample.RadarFrame(at: now.AddHours(hours), rate: 2)).Problems(),
                StringComparison.Ordinal);
        Assert.Equal(now.AddMinutes(-5), control.Newest);
    }

    [Fact]
    public void APixelOfClutterIsSetMissingAndTheScanStays()
    {
        var frame = Read(Directory.GetFiles(FieldCases.Path("19_one_clutter_pixel")).Order(StringComparer.Ordinal).First());
        var (clean, pixels) = Clutter.Remove(frame);
        Assert.Equal(1, pixels);
        Assert.True(clean.RainRate.Max() <= 500);
        Assert.Equal(frame.RainRate.Count(float.IsNaN) + 1, clean.RainRate.Count(float.IsNaN));
        Assert.Equal(1205, frame.RainRate.Max());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    [InlineData(400, 0)]
    public void WhatIsTooMuchToBeClutterIsLeftToTheQualityControl(int above, int removed)
    {
        var grid = Sample.RadarGrid(200, 200);
        var frame = new RadarFrame(grid, Sample.Time, [.. Enumerable.Range(0, grid.PixelCount).Select(i => i < above ? 900f : 1f)]);
        Assert.Equal(removed, Clutter.Remove(frame).Pixels);
    }

    private static RadarFrame Read(string path)
    {
        using var file = RadarFormats.Open(path);
        return file.Read(0);
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
