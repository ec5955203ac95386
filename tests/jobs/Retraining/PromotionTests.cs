using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Jobs.Retraining;
using ConvLstm.Nowcast.Jobs.Settings;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Retraining;

public sealed class PromotionTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(-0.02, -0.03, -0.01, -0.05, -0.06, -0.04, 0.9, true)]
    [InlineData(-0.02, -0.03, -0.01, -0.05, -0.06, 0.01, 0.9, false)]
    [InlineData(-0.02, -0.05, 0.00, -0.05, -0.06, -0.04, 0.9, false)]
    [InlineData(-0.02, -0.03, -0.01, -0.05, -0.06, -0.04, 0.01, false)]
    [InlineData(-0.02, double.NaN, double.NaN, -0.05, -0.06, -0.04, 0.9, false)]
    public void ACandidateIsPromotedOnlyWhereItIsSurelyBetterThanBoth(
        double promoted, double promotedLow, double promotedHigh, double extrapolation, double extrapolationLow, double extrapolationHigh,
            double bias, bool isBetter)
    {
        string[] methods = ["extrapolation", PromotionTest.Promoted, PromotionTest.Candidate];
        var rows = methods.Select(m => new SummaryRow(m, "common", 0.1f, 0.5, 0.5, 0.5, m == PromotionTest.Candidate ? bias : 1, 0.1, 0.3))
            .ToArray();
        ComparisonRow[] comparisons =
        [
            new(PromotionTest.Candidate, "extrapolation", "common", "crps", null, extrapolation, extrapolationLow, extrapolationHigh),
            new(PromotionTest.Candidate, PromotionTest.Promoted, "common", "crps", null, promoted, promotedLow, promotedHigh),
            new(PromotionTest.Candidate, PromotionTest.Promoted, "all", "crps", null, 9, 9, 9),
            new(PromotionTest.Promoted, "extrapolation", "common", "crps", null, 9, 9, 9),
        ];

        var promotion = PromotionTest.Decide(new HindcastResult([DateTimeOffset.UnixEpoch], [5], rows, [], [], [], comparisons), methods,
            0.95);

        Assert.Equal(isBetter, promotion.IsBetter);
        Assert.NotEmpty(promotion.ToJson());
    }

    [Fact]
    public void NoScanThatDecidesIsTrainedOnAndTheNewestDecide()
    {
        var series = Series(0, 400).Concat(Series(420, 180)).ToArray();

        var archive = RecentArchive.Divide(series, new RetrainSettings { Blocks = 4, HeldOutShare = 0.25 }, Hour);

        var (training, heldOut) = (Times(archive.Training), Times(archive.HeldOut));
        Assert.Empty(training.Intersect(heldOut));
        Assert.Equal(580, training.Count + heldOut.Count);
        Assert.InRange(heldOut.Count, 130, 160);
        Assert.Equal(series[1].End, heldOut.Max());
        Assert.True(archive.HeldOut.Count >= 4);
    }

    [Fact]
    public void AShortWindowIsHeldOutInFewerLongerBlocks()
    {
        var archive = RecentArchive.Divide([.. Series(0, 120)], new RetrainSettings { Blocks = 5, HeldOutShare = 0.3 }, Hour);

        Assert.Equal(36, Assert.Single(archive.HeldOut).Scans.Count);
    }

    [Fact]
    public void TheWettestHoursAreChosenAndTheRestAreTheNewest()
    {
        var hours = Enumerable.Range(0, 10).Select(i =>
            new ArchiveHours("g", DateTimeOffset.UnixEpoch.AddHours(3 * i), 36, i is 1 or 4 or 6 ? 0.5 + (i / 100.0) : 0.01)).ToArray();

        Assert.Equal(10, ArchiveHours.Choose(hours, 360, 0.5).Count);
        var chosen = ArchiveHours.Choose(hours, 144, 0.5);

        Assert.Equal([4, 6, 8, 9], chosen.Select(h => (int)((h.Start - DateTimeOffset.UnixEpoch) / TimeSpan.FromHours(3))).Order());
    }

    private static IEnumerable<ScanSeries> Series(int first, int scans) => Sequencing.Arrange(
        Enumerable.Range(first, scans)
            .Select(i => (IScan)new FrameScan(Sample.RadarFrame(at: Sample.Time.AddMinutes(5 * i), rate: 0)))).Series;

    private static List<DateTimeOffset> Times(IReadOnlyList<ScanSeries> series) =>
        [.. series.SelectMany(s => Enumerable.Range(0, s.Scans.Count).Select(s.TimeOf))];
}
