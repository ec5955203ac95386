using ConvLstm.Nowcast.Verification;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Verification;

public sealed class ScoreTests
{
    [Fact]
    public void TheFinleyTornadoForecastsScoreAsPublished()
    {
        // Wilks (2019), table 9.1b: 28 hits, 72 false alarms, 23 misses, 2680 correct negatives.
        float[] forecast = [.. Enumerable.Repeat(1f, 100), .. Enumerable.Repeat(0f, 2703)];
        float[] observed = [.. Enumerable.Repeat(1f, 28), .. Enumerable.Repeat(0f, 72), .. Enumerable.Repeat(1f, 23),
            .. Enumerable.Repeat(0f, 2680)];
        var table = Contingency.Init(0.5f);

        table.Accumulate(forecast, observed);

        var scores = table.Compute();
        Assert.Equal(0.228, scores.Csi, 5e-4);
        Assert.Equal(0.549, scores.Pod, 5e-4);
        Assert.Equal(0.720, scores.Far, 5e-4);
        Assert.Equal(0.355, scores.Hss, 5e-4);
        Assert.Equal(1.96, scores.Bias, 5e-3);
        Assert.Equal(0.0262, scores.Pofd, 5e-5);
    }

    [Fact]
    public void ARateARoundingBelowTheThresholdIsAnEvent()
    {
        var table = Contingency.Init(1.2f);

        table.Accumulate([1.1995f, 1.19f], [1.2f, 1.2f]);

        Assert.Equal((1, 1), (table.Hits, table.Misses));
    }

    [Fact]
    public void MissingAndMaskedPixelsDoNotCount()
    {
        var table = Contingency.Init(1);

        table.Accumulate([2, 2, float.NaN, 2], [2, float.NaN, 2, 2], [true, true, true, false]);

        Assert.Equal((1, 0, 0, 0), (table.Hits, table.Misses, table.FalseAlarms, table.CorrectNegatives));
    }

    [Fact]
    public void ScoresOfPartsMergeToTheScoreOfTheWhole()
    {
        var (one, two) = (new RandomFields(3), new RandomFields(4));

        Check(Contingency.Init(2), Contingency.Init(2), Contingency.Init(2), (s, f) => s.Accumulate(f.Forecast, f.Observed, f.Mask),
            s => s.Compute().Hss);
        Check(ErrorStatistics.Init(), ErrorStatistics.Init(), ErrorStatistics.Init(),
            (s, f) => s.Accumulate(f.Forecast, f.Observed, f.Mask), s => s.Compute().Correlation);
        Check(FractionsSkill.Init(2, 5), FractionsSkill.Init(2, 5), FractionsSkill.Init(2, 5),
            (s, f) => s.Accumulate(RandomFields.Width, f.Forecast, f.Observed, f.Mask), s => s.Compute()[0]);
        Check(ProbabilityScore.Init(2), ProbabilityScore.Init(2), ProbabilityScore.Init(2),
            (s, f) => s.Accumulate(f.Probabilities[1], f.Observed, f.Mask), s => s.Compute().ResolutionTerm + s.Compute().RocArea);
        Check(ThresholdCrps.Init(RandomFields.Thresholds), ThresholdCrps.Init(RandomFields.Thresholds),
            ThresholdCrps.Init(RandomFields.Thresholds),
            (s, f) => s.Accumulate(f.Probabilities, f.Observed, f.Mask), s => s.Compute());
        Check(EnsembleCrps.Init(), EnsembleCrps.Init(), EnsembleCrps.Init(), (s, f) => s.Accumulate(f.Members, f.Observed, f.Mask),
            s => s.Compute());
        Check(RankHistogram.Init(5), RankHistogram.Init(5), RankHistogram.Init(5), (s, f) => s.Accumulate(f.Members, f.Observed, f.Mask),
            s => s.Compute()[2]);
        Check(SpreadSkill.Init(5), SpreadSkill.Init(5), SpreadSkill.Init(5), (s, f) => s.Accumulate(f.Members, f.Observed, f.Mask),
            s => s.Compute().Ratio);

        void Check<TScore, TResult>(IScore<TScore, TResult> whole, TScore first, TScore second, Action<TScore, RandomFields> accumulate,
            Func<TScore, double> read)
            where TScore : IScore<TScore, TResult>
        {
            accumulate((TScore)whole, one);
            accumulate((TScore)whole, two);
            accumulate(first, one);
            accumulate(second, two);
            first.Merge(second);
            Assert.Equal(read((TScore)whole), read(first), 1e-9);
            Assert.True(double.IsFinite(read(first)));
        }
    }

    [Fact]
    public void ScoresOfOtherThresholdsDoNotMerge() =>
        Assert.Throws<ArgumentException>(() => Contingency.Init(1).Merge(Contingency.Init(2)));

    [Fact]
    public void ACertainAndRightForecastScoresNothingAndACertainAndWrongOneTheDistance()
    {
        var crps = ThresholdCrps.Init(1, 2, 3, 4);
        float[][] rainOfAtLeastTwo = [[1], [1], [0], [0]];

        crps.Accumulate(rainOfAtLeastTwo, [2.5f]);
        // From 2 to 3 the probability falls from 1 to 0 about the observation: 2 ∫ x² dx from 0 to 1/2.
        Assert.Equal(1 / 12.0, crps.Compute(), 1e-9);

        var wrong = ThresholdCrps.Init(1, 2, 3, 4);
        wrong.Accumulate([[0], [0], [0], [0]], [7]);
        Assert.Equal(7, wrong.Compute(), 1e-9);
    }

    [Fact]
    public void AnEnsembleOfOneScoresItsAbsoluteError()
    {
        var crps = EnsembleCrps.Init();

        crps.Accumulate([[3, 5]], [1, 6]);

        Assert.Equal(1.5, crps.Compute(), 1e-9);
    }

    [Fact]
    public void AReliableEnsembleHasAFlatHistogramAndAsMuchSpreadAsError()
    {
        var random = new Random(5);
        var ranks = RankHistogram.Init(9);
        var spread = SpreadSkill.Init(9);
        float[] Draw() => Enumerable.Range(0, 40_000).Select(_ => (float)-Math.Log(1 - random.NextDouble())).ToArray();
        var members = Enumerable.Range(0, 9).Select(_ => Draw()).ToArray();
        var observed = Draw();

        ranks.Accumulate(members, observed);
        spread.Accumulate(members, observed);

        Assert.All(ranks.Compute(), share => Assert.Equal(0.1, share, 0.007));
        Assert.Equal(1, spread.Compute().Ratio, 0.02);
    }

    [Fact]
    public void FieldsOfOtherSizesDoNotFit() =>
        Assert.Throws<ArgumentException>(() => Contingency.Init(1).Accumulate([1, 2], [1]));

    [Fact]
    public void ABoxWithoutAMiddleIsNoScale() =>
        Assert.Throws<ArgumentException>(() => FractionsSkill.Init(1, 4));
}
