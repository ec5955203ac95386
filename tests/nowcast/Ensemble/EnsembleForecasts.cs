using ConvLstm.Nowcast.Cascade;
using ConvLstm.Nowcast.Ensemble;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Model;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ensemble;

public sealed class EnsembleForecasts
{
    private const int Members = 60;
    private static readonly ForecastRequest HalfAnHour = new(TimeSpan.FromMinutes(30), ForecastRequest.AllThresholds);
    private static readonly RadarSequence Past = new Blobs(96, 80).Moving(2, 1);

    [Fact]
    public void MembersReachAThresholdAsOftenAsItsProbabilitySays()
    {
        var forecast = new EnsembleForecast(new Extrapolation(), Members, seed: 5).Forecast(Past, HalfAnHour, default);

        Assert.Equal(Members, forecast.Members.Count);
        for (var t = 0; t < forecast.Thresholds.Count; t++)
        {
            double error = 0, expected = 0, reached = 0;
            var probability = forecast.ExceedanceProbability[t][5];
            for (var i = 0; i < probability.Length; i++)
            {
                if (float.IsNaN(probability[i]))
                    continue;
                var share = forecast.Members.Count(m => m[5][i] >= forecast.Thresholds[t]) / (double)Members;
                (error, expected, reached) = (error + Math.Abs(share - probability[i]), expected + probability[i], reached + share);
            }
            // Sixty draws of a share of a half have a mean deviation of 0.05; whole members are coherent, so their mean differs too.
            Assert.InRange(error / probability.Length, 0, 0.06);
            Assert.InRange(reached, (expected * 0.8) - 20, (expected * 1.2) + 20);
        }
    }

    /// <summary>
    /// The error that places a member in the distribution has the spread that is reckoned with, and lives as long as its scales.
    /// </summary>
    [Fact]
    public void TheErrorOfAMemberHasTheSpreadOfTheForecastAndIsCoherentFromLeadToLead()
    {
        using var scope = NewDisposeScope();
        var scans = RainSimulator.Run(new() { Seed = 4, Frames = 12 }).TakeLast(3).Select(s => s.Frame).ToArray();
        using var cascade = new RainCascade(stack(scans.Select(s => tensor(s.RainRate, [128, 128]))), scans[0].Grid);
        var noise = new CascadeNoise(cascade);
        var spread = noise.Deviations(6);
        var squares = new double[6];
        double[] correlations = [0, 0];
        for (var member = 0; member < 8; member++)
        {
            using var error = PerturbedCascade.Error(cascade, noise, seed: 2, first: member * 6);
            var steps = Enumerable.Range(0, 6).Select(_ => error.Next().ToFloats()).ToArray();
            for (var lead = 0; lead < 6; lead++)
                squares[lead] += steps[lead].Average(v => v * v) / 8;
            correlations[0] += Correlation(steps[4], steps[5]) / 8;
            correlations[1] += Correlation(steps[2], steps[5]) / 8;
        }

        // Neighbouring levels have their noise in common, and what is lost is more than level by level.
        Assert.All(spread.Zip(cascade.Spread(6)), p => Assert.InRange(p.First / p.Second, 1, 1.6));
        Assert.All(squares.Zip(spread), p => Assert.Equal(1, Math.Sqrt(p.First) / p.Second, 0.1));
        Assert.InRange(correlations[0], 0.4, 0.995);
        Assert.True(correlations[1] < correlations[0]);
    }

    [Fact]
    public void TheSameSeedGivesTheSameMembersAndAnotherOthers()
    {
        float[] First(long seed) => new EnsembleForecast(new Extrapolation(), 2, seed).Forecast(Past, HalfAnHour, default).Members[0][3];

        Assert.Equal(First(1), First(1));
        Assert.NotEqual(First(1), First(2));
    }

    [Fact]
    public void MembersOfADryForecastAreDry()
    {
        var dry = new RadarSequence(TimeSpan.FromMinutes(5),
            [.. Enumerable.Range(0, 3).Select(i => Sample.RadarFrame(at: Sample.Time.AddMinutes(5 * i), rate: 0))]);

        var forecast = new EnsembleForecast(new Extrapolation(), 3, 1).Forecast(dry, HalfAnHour, default);

        Assert.All(forecast.Members.SelectMany(m => m), map => Assert.All(map, rate => Assert.True(rate == 0 || float.IsNaN(rate))));
    }

    [Theory]
    [InlineData(0.95, 0)]
    [InlineData(0.5, 1)]
    [InlineData(0.2, 5)]
    public void AQuantileOfTheDistributionIsTheThresholdThatIsReachedWithThatProbability(float exceedance, float rate) =>
        Assert.Equal(rate, new DistributionQuantile([0.1f, 1, 5]).Rate([0.9f, 0.5f, 0.2f], exceedance), 1e-4f);

    [Fact]
    public void AboveTheLastThresholdRareDrawsAreHeavierButBounded()
    {
        var quantile = new DistributionQuantile([1, 10, 30]);

        var rates = new[] { 0.1f, 0.01f, 1e-9f, 0 }.Select(q => quantile.Rate([0.9f, 0.5f, 0.2f], q)).ToArray();

        Assert.True(rates[0] > 30 && rates[1] > rates[0] && rates[2] >= rates[1]);
        Assert.All(rates, r => Assert.InRange(r, 30, 200));
    }

    private static double Correlation(float[] a, float[] b)
    {
        var (ma, mb) = (a.Average(), b.Average());
        double ab = 0, aa = 0, bb = 0;
        for (var i = 0; i < a.Length; i++)
            (ab, aa, bb) = (ab + ((a[i] - ma) * (b[i] - mb)), aa + ((a[i] - ma) * (a[i] - ma)), bb + ((b[i] - mb) * (b[i] - mb)));
        return ab / Math.Sqrt(aa * bb);
    }
}
