using System.Globalization;
using System.Text.Json;
using ConvLstm.Nowcast.Verification;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Verification;

public sealed class ScoresAgainstScipy
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task EveryScoreAgreesWithAnIndependentOne(int seed)
    {
        using var folder = new TemporaryFolder();
        var fields = new RandomFields(seed);
        fields.Save(folder.Path);
        var text = await Python.RunAsync(
            "scipy", "forecasts/Verification/scores.py", folder.Path, RandomFields.Width.ToString(CultureInfo.InvariantCulture),
            string.Join(',', RandomFields.Thresholds.Select(t => t.ToString(CultureInfo.InvariantCulture))), "5");
        var reference = JsonDocument.Parse(text).RootElement;
        void Same(string name, double actual) => Assert.Equal(reference.GetProperty(name).GetDouble(), actual, 1e-6);
        void Each(string name, IReadOnlyList<double> actual) =>
            Assert.All(reference.GetProperty(name).EnumerateArray().Select((v, i) => (v.GetDouble(), actual[i])),
                p => Assert.Equal(p.Item1, p.Item2, 1e-6));

        var table = Contingency.Init(2);
        table.Accumulate(fields.Forecast, fields.Observed, fields.Mask);
        var scores = table.Compute();
        Same("csi", scores.Csi);
        Same("pod", scores.Pod);
        Same("far", scores.Far);
        Same("hss", scores.Hss);
        Same("bias", scores.Bias);
        Same("pofd", scores.Pofd);

        var errors = ErrorStatistics.Init();
        errors.Accumulate(fields.Forecast, fields.Observed, fields.Mask);
        Same("me", errors.Compute().MeanError);
        Same("mae", errors.Compute().Mae);
        Same("rmse", errors.Compute().Rmse);
        Same("r", errors.Compute().Correlation);

        var fractions = FractionsSkill.Init(2, 1, 5, 11);
        fractions.Accumulate(RandomFields.Width, fields.Forecast, fields.Observed, fields.Mask);
        Each("fss", fractions.Compute());

        var complete = Complete(fields);
        var probability = ProbabilityScore.Init(2);
        probability.Accumulate(fields.Probabilities[1], fields.Observed, complete);
        Same("brier", probability.Compute().Brier);
        Same("reliability", probability.Compute().ReliabilityTerm);
        Same("resolution", probability.Compute().ResolutionTerm);
        Same("uncertainty", probability.Compute().UncertaintyTerm);
        Same("roc", probability.Compute().RocArea);

        var crps = EnsembleCrps.Init();
        crps.Accumulate(fields.Members, fields.Observed, fields.Mask);
        Same("crps", crps.Compute());
        var spread = SpreadSkill.Init(5);
        spread.Accumulate(fields.Members, fields.Observed, fields.Mask);
        Same("spread", spread.Compute().Spread);
        Same("skill", spread.Compute().Rmse);
        var ranks = RankHistogram.Init(5);
        ranks.Accumulate(fields.Members, fields.Observed, fields.Mask);
        Each("ranks", ranks.Compute());

        // The reference integrates numerically: every seventh pixel is enough.
        var crpsOfThresholds = ThresholdCrps.Init(RandomFields.Thresholds);
        var sample = Enumerable.Range(0, complete.Length).Where(i => complete[i] && !float.IsNaN(fields.Observed[i]))
            .Where((_, n) => n % 7 == 0).ToHashSet();
        Assert.Equal(reference.GetProperty("ladderPixels").GetInt32(), sample.Count);
        crpsOfThresholds.Accumulate(fields.Probabilities, fields.Observed, complete.Select((_, i) => sample.Contains(i)).ToArray());
        Assert.Equal(reference.GetProperty("ladder").GetDouble(), crpsOfThresholds.Compute(), 1e-5);
    }

    private static bool[] Complete(RandomFields fields) =>
        fields.Mask.Select((m, i) => m && fields.Probabilities.All(p => !float.IsNaN(p[i]))).ToArray();
}
