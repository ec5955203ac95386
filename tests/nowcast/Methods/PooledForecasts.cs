using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Training;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Methods;

public sealed class PooledForecasts
{
    private static readonly ForecastRequest HalfAnHour = new(TimeSpan.FromMinutes(30), ForecastRequest.AllThresholds);

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public void ItsProbabilitiesLieBetweenThoseOfItsTwoNetworks(int frames)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var shipped = ShippedModel.Load(CPU);
        var network = Assert.IsType<PooledNetwork>(shipped.Network);
        foreach (var part in (RainNetwork[])[network.Lagrangian, network.Cascade])
            Checkpoint.Save(folder.File(part.Options.Network), part, shipped.Metadata with { Network = part.Options });
        var past = new Blobs(96, 80).Moving(2, -1, frames);

        var both = new ModelForecast(shipped).Forecast(past, HalfAnHour, default);

        var (one, other) = (Of(folder.File(LagrangianNetwork.Name), past), Of(folder.File(CascadeNetwork.Name), past));
        Assert.Equal(shipped.Version, both.Provenance.ModelVersion);
        var apart = new List<(double Pooled, double Lagrangian, double Cascade)>();
        foreach (var (t, i) in Enumerable.Range(0, ForecastRequest.AllThresholds.Count)
            .SelectMany(t => Enumerable.Range(0, past.Grid.PixelCount).Select(i => (t, i))))
        {
            var (p, a, b) = (both.ExceedanceProbability[t][^1][i], one.ExceedanceProbability[t][^1][i],
                other.ExceedanceProbability[t][^1][i]);
            if (Math.Abs(a - b) > 0.05)
                apart.Add((Odds(p), Odds(a), Odds(b)));
        }
        Assert.True(apart.Count > 100, $"{apart.Count}");
        // Those of the cascade network and of both are leaned to the newest rain's area besides: the middle is met but roughly.
        var off = apart.Average(x => Math.Abs(x.Pooled - ((x.Lagrangian + x.Cascade) / 2)));
        Assert.True(off < 0.7 * apart.Average(x => Math.Abs(x.Pooled - x.Lagrangian)), $"{off}");
        Assert.True(off < 0.7 * apart.Average(x => Math.Abs(x.Pooled - x.Cascade)), $"{off}");
    }

    /// <summary>The cascade network's share, of light and of heavy rain.</summary>
    [Theory]
    [InlineData(0, 1, 0.6)]
    [InlineData(15, 0.6 + (0.4 / Math.E), 0.6)]
    [InlineData(120, 0.6, 0.6)]
    public void OfTheNextMinutesTheCascadeNetworkSaysWhereLightRainIs(double minutes, double light, double heavy)
    {
        using var scope = NewDisposeScope();

        var pooled = PooledNetwork.Pool(zeros([2, 1, 1]), ones([2, 1, 1]), [1, 10], TimeSpan.FromMinutes(minutes)).data<float>().ToArray();

        Assert.Equal(light, pooled[0], 1e-3);
        Assert.Equal(heavy, pooled[1], 1e-3);
    }

    [Fact]
    public void OnlyALagrangianAndACascadeNetworkOfTheSameThresholdsArePooled()
    {
        using var folder = new TemporaryFolder();
        var (lagrangian, cascade, others) = (folder.File("l.safetensors"), folder.File("c.safetensors"), folder.File("o.safetensors"));
        Save(lagrangian, LagrangianNetwork.Name, [6], past: 4);
        Save(cascade, CascadeNetwork.Name, [16, 8], past: 6);
        Save(others, CascadeNetwork.Name, [16, 8], past: 6, thresholds: [1, 5]);

        string Refused(string one, string other) =>
            Assert.Throws<ReportedException>(() =>
                PooledModel.Write(one, other, folder.File("p.safetensors"), new Dictionary<string, double>(), Sample.Time)).Message;

        Assert.Contains("is a cascade network, not a lagrangian one", Refused(cascade, cascade), StringComparison.Ordinal);
        Assert.Contains("is a lagrangian network, not a cascade one", Refused(lagrangian, lagrangian), StringComparison.Ordinal);
        Assert.Contains("other thresholds", Refused(lagrangian, others), StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("p.safetensors")));
    }

    private static RainForecast Of(string file, RadarSequence past)
    {
        using var checkpoint = Checkpoint.Load(file, CPU);
        return new ModelForecast(checkpoint).Forecast(past, HalfAnHour, default);
    }

    private static double Odds(double p) => Math.Log(Math.Clamp(p, 1e-6, 1 - 1e-6) / (1 - Math.Clamp(p, 1e-6, 1 - 1e-6)));

    private static void Save(string file, string name, int[] hidden, int past, float[]? thresholds = null)
    {
        using var network = NetworkRegistry.Create(new()
        {
            Network = name, Hidden = hidden, Patch = 4, LogRange = Math.Log(1001),
            Thresholds = [.. (thresholds ?? [.. ForecastRequest.AllThresholds]).Select(Normalisation.Default.Apply)],
        });
        Checkpoint.Save(file, network,
            Sample.Metadata(network.Options) with { Normalisation = Normalisation.Default.ToMetadata(), PastFrames = past });
    }
}
