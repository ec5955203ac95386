using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Quality;
using ConvLstm.Nowcast.Ingest.Simulation;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest;

/// <summary>What each check of the quality control finds, and that it leaves good scans alone.</summary>
[Slow("Reads real scans.")]
public sealed class QualityChecks
{
    private const int Size = 128;

    private static readonly RadarFrame[] Good = [.. RainSimulator.Run(new() { Size = Size, Frames = 40, Seed = 3 }).Select(s => s.Frame)];

    private readonly QualityControl _control = new(new FixedClock(Good[^1].ValidTime));

    [Fact]
    public void ASimulatedDayIsGoodAndEveryCheckIsReported()
    {
        var reports = Good.Select(_control.Check).ToArray();
        Assert.All(reports, r => Assert.True(r.Usable, r.Problems()));
        Assert.Equal(["time", "range", "missing", "speckle", "spokes"], reports[0].Findings.Select(f => f.Check));
        // Frozen from the second scan on, the jump once there are enough transitions to know what is usual.
        Assert.Equal(["time", "range", "missing", "speckle", "spokes", "frozen", "jump"], reports[^1].Findings.Select(f => f.Check));
    }

    [Fact]
    public void RatesThatNoRainReachesAreOutOfRange()
    {
        AssertBad("range", Changed((rain, i) => i % 1000 == 0 ? 900 : rain));
        // A pixel of clutter costs no scan.
        Assert.True(_control.Check(Changed((rain, i) => i == 700 ? 900 : rain)).Usable);
    }

    [Fact]
    public void AScanWithNearlyNothingObservedIsBad() => AssertBad("missing", Changed((_, i) => i < 200 ? 0 : float.NaN));

    [Fact]
    public void ARadarThatDropsOutIsSaidUntilItIsUsualAndCostsNoScan()
    {
        float East(float rain, int i) => i % Size > 96 ? float.NaN : rain;
        foreach (var frame in Good[..6])
            Assert.True(_control.Check(frame).Usable);
        var reports = Enumerable.Range(6, 12).Select(i => _control.Check(Changed(East, i))).ToArray();
        Assert.All(reports, r => Assert.True(r.Usable, r.Problems()));
        Assert.StartsWith("missing", reports[0].Warnings(), StringComparison.Ordinal);
        Assert.Empty(reports[^1].Warnings());
        var fewer = new QualityControl(new FixedClock(Good[^1].ValidTime));
        Assert.All(Enumerable.Range(0, 8), i => Assert.True(fewer.Check(Changed(East, i)).Usable));
    }

    [Fact]
    public void PixelsThatAreWetAloneAreSpeckle()
    {
        var random = new Random(1);
        AssertBad("speckle", Changed((_, _) => random.Next(20) == 0 ? 3 : 0));
    }

    [Theory]
    [InlineData(0, 33)]
    [InlineData(33, 78)]
    [InlineData(78, 20)]
    public void ThinLinesAlongBeamsAreSpokesAndOneThatMayBeAFrontIsSaid(double one, double other)
    {
        // From a radar in the corner outwards, two pixels wide, where it is dry.
        static bool OnBeam(int i, double degrees)
        {
            var (sin, cos) = Math.SinCos(double.DegreesToRadians(degrees));
            return Math.Abs((i / Size * cos) - (i % Size * sin)) <= 1 && i / Size + (i % Size) > 24;
        }
        AssertBad("spokes", Changed((_, i) => OnBeam(i, one) || OnBeam(i, other) ? 4 : 0));
        var alone = _control.Check(Changed((_, i) => OnBeam(i, one) ? 4 : 0));
        Assert.True(alone.Usable, alone.Problems());
        Assert.StartsWith("spokes", alone.Warnings(), StringComparison.Ordinal);
    }

    [Fact]
    public void TheNarrowRainOfAColdFrontIsUsed()
    {
        using var file = RadarFormats.Open(RadarData.Files("corpus").Single(f => f.Contains("bretagne", StringComparison.Ordinal)));
        var control = new QualityControl(TimeProvider.System);
        Assert.All(Enumerable.Range(0, file.ValidTimes.Count), i => Assert.True(control.Check(file.Read(i)).Usable));
    }

    [Fact]
    public void AFrontThatIsLongAndBroadIsNoSpoke() =>
        Assert.True(_control.Check(Changed((_, i) => Math.Abs((i / Size) - (i % Size / 2) - 20) <= 6 ? 4 : 0)).Usable);

    [Fact]
    public void AScanEqualToTheOneBeforeIsFrozenUnlessItIsDry()
    {
        _control.Check(Good[0]);
        AssertBad("frozen", new RadarFrame(Good[0].Grid, Good[1].ValidTime, [.. Good[0].RainRate]));
        var dry = new QualityControl(new FixedClock(Good[^1].ValidTime));
        Assert.All(Enumerable.Range(0, 4), i => Assert.True(dry.Check(Changed((_, _) => 0, i)).Usable));
    }

    [Fact]
    public void APictureOfAnotherTimeIsAJumpAndTheNextOneGoesOn()
    {
        foreach (var frame in Good[..30])
            _control.Check(frame);
        var stranger = RainSimulator.Run(new() { Size = Size, Frames = 1, Seed = 77, Scenario = RainScenario.Stratiform }).Single().Frame;
        AssertBad("jump", new RadarFrame(Good[0].Grid, Good[30].ValidTime, [.. stranger.RainRate.Select(r => 6 * r)]));
        Assert.All(Good[31..], frame => Assert.True(_control.Check(frame).Usable));
    }

    [Fact]
    public void AMirroredPictureIsAJump()
    {
        foreach (var frame in Good[..30])
            _control.Check(frame);
        AssertBad("jump", Changed((_, i) => Good[30].RainRate[(i / Size * Size) + (Size - 1 - (i % Size))], 30));
    }

    [Fact]
    public void AChangeThatStaysIsBelievedAtTheThirdScan()
    {
        foreach (var frame in Good[..30])
            _control.Check(frame);
        var after = RainSimulator.Run(new() { Size = Size, Frames = 3, Seed = 77, Scenario = RainScenario.Stratiform })
            .Select((s, i) => new RadarFrame(Good[0].Grid, Good[30 + i].ValidTime, [.. s.Frame.RainRate.Select(r => 6 * r)]));
        Assert.Equal([false, false, true], after.Select(f => _control.Check(f).Usable));
    }

    [Fact]
    public void AScanFromTheFutureIsBad()
    {
        var ahead = new RadarFrame(Good[0].Grid, Good[^1].ValidTime.AddHours(25), Good[0].RainRate);
        AssertBad("time", ahead);
        Assert.Null(_control.Newest);
    }

    [Fact]
    public void AScanThatComesLateIsCheckedByItselfAndChangesNothing()
    {
        foreach (var frame in Good[5..20])
            _control.Check(frame);
        var late = _control.Check(Good[2]);
        Assert.True(late.Usable);
        Assert.DoesNotContain(late.Findings, f => f.Check is "frozen" or "jump");
        Assert.Equal(Good[19].ValidTime, _control.Newest);
        Assert.True(_control.Check(Good[20]).Usable);
    }

    [Fact]
    public void ABadScanIsNotWhatTheNextOneIsComparedWith()
    {
        _control.Check(Good[0]);
        var bad = Changed((rain, i) => i % 1000 == 0 ? 900 : rain, 1);
        AssertBad("range", bad);
        // The same again is not frozen, because the first was never used.
        Assert.DoesNotContain("frozen", _control.Check(new RadarFrame(bad.Grid, Good[2].ValidTime, bad.RainRate)).Problems(),
            StringComparison.Ordinal);
        Assert.Equal(Good[0].ValidTime, _control.Newest);
    }

    [Fact]
    public void TheReportIsJsonThatTheDatabaseCanAsk()
    {
        using var json = System.Text.Json.JsonDocument.Parse(_control.Check(Changed((_, _) => float.NaN)).ToJson());
        Assert.False(json.RootElement.GetProperty("usable").GetBoolean());
        var missing = json.RootElement.GetProperty("findings").EnumerateArray()
            .Single(f => f.GetProperty("check").GetString() == "missing");
        Assert.Equal((1.0, false), (missing.GetProperty("found").GetDouble(), missing.GetProperty("passed").GetBoolean()));
    }

    [Theory]
    [InlineData("bom_brisbane_20201031", 1)]
    [InlineData("knmi_netherlands_20100826", 2)]
    [InlineData("opera_europe_20180824", 3)]
    [InlineData("corpus", 3)]
    public void RealScansAreGood(string folder, int everyNthFile)
    {
        // Whole files only: the scans of one follow each other.
        foreach (var path in RadarData.Files(folder).Where((_, i) => i % everyNthFile == 0))
        {
            using var file = RadarFormats.Open(path);
            var control = file.ValidTimes.Count == 1 ? _control : new QualityControl(TimeProvider.System);
            for (var i = 0; i < file.ValidTimes.Count; i++)
            {
                var report = control.Check(file.Read(i));
                Assert.True(report.Usable, $"{path}[{i}]: {report.Problems()}");
            }
        }
    }

    private void AssertBad(string check, RadarFrame frame)
    {
        var report = _control.Check(frame);
        Assert.False(report.Usable);
        Assert.Equal([check], report.Findings.Where(f => !f.Passed).Select(f => f.Check));
    }

    private static RadarFrame Changed(Func<float, int, float> change, int scan = 0) =>
        new(Good[scan].Grid, Good[scan].ValidTime, [.. Good[scan].RainRate.Select(change)]);

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
