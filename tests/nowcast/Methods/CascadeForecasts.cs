using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Methods;

public sealed class CascadeForecasts
{
    private static readonly ForecastRequest HalfAnHour = new(TimeSpan.FromMinutes(30), ForecastRequest.AllThresholds);

    /// <summary>Three scans are the fewest; the ConvLSTM and ANVIL read more where there are more.</summary>
    [Theory]
    [InlineData(3, false)]
    [InlineData(3, true)]
    [InlineData(6, true)]
    public void RainThatOnlyMovesIsShownWhereItMovesToAndAsWideAsItIs(int frames, bool remembers)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        manual_seed(1);
        using var network = Made();
        if (remembers)
        {
            using var frozen = no_grad();
            network.named_parameters().Single(p => p.name == "read_memory.weight").parameter.fill_(1e-4f);
        }
        var file = Path.Combine(folder.Path, "cascade.safetensors");
        Checkpoint.Save(file, network,
            Sample.Metadata(network.Options) with { Normalisation = Normalisation.Default.ToMetadata(), PastFrames = 6 });
        using var checkpoint = Checkpoint.Load(file, CPU);
        var past = new Blobs(96, 80).Moving(2, -1, frames);
        var extrapolation = new Extrapolation().Forecast(past, HalfAnHour, default);

        var model = new ModelForecast(checkpoint);
        var forecast = model.Forecast(past, HalfAnHour, default);

        Assert.Equal(3, model.ScansNeeded);
        foreach (var lead in (int[])[0, 5])
        {
            var known = Enumerable.Range(0, past.Grid.PixelCount).Where(i => !float.IsNaN(forecast.RainRate[lead][i])).ToArray();
            Assert.Equal(known, Enumerable.Range(0, past.Grid.PixelCount).Where(i => !float.IsNaN(extrapolation.RainRate[lead][i])));
            var (shown, came) = (known.Where(i => forecast.RainRate[lead][i] >= 1).ToArray(),
                known.Where(i => extrapolation.RainRate[lead][i] >= 1).ToArray());
            Assert.InRange(shown.Length / (double)came.Length, 0.98, 1.12);
            Assert.True(shown.Intersect(came).Count() > 0.85 * came.Length,
                $"{shown.Intersect(came).Count()} of {came.Length} at lead {lead}");
            Assert.All(known, i => Assert.InRange(forecast.MeanRate[lead][i], 0, 100));
        }
    }

    private static CascadeNetwork Made() => (CascadeNetwork)NetworkRegistry.Create(new()
    {
        Network = CascadeNetwork.Name, Hidden = [16, 8],
        Thresholds = [.. ForecastRequest.AllThresholds.Select(Normalisation.Default.Apply)],
        LogRange = Math.Log(1001),
    });
}
