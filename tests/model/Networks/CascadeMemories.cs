using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Networks;

public sealed class CascadeMemories
{
    private static readonly float[] Rates = [0.5f, 2, 10];

    [Fact]
    public void AMemoryIsReadWhereItsPixelLies()
    {
        using var scope = NewDisposeScope();
        // Cells of the memory are two cells wide: its first channel is the column of their middle in such cells.
        var memory = (arange(0, 6, float32) * 2).add(0.5).view(1, 1, 1, 6).expand(1, CascadeMemory.Channels, 4, 6).contiguous();
        var places = tensor([0.5f, 0.5f, 3.25f, 4f, 8.1f, 2f], [3, 2]);

        var read = CascadeMemory.At(memory, places).select(1, 0).ToFloats();

        Assert.Equal([0.5f, 3.25f, 8.1f], read.Select(r => MathF.Round(r, 4)));
    }

    [Fact]
    public void AConvLstmThatHasLearnedNothingChangesNothing()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        using var network = Made();
        Assert.False(network.Remembers);
        var one = Situation();
        var remembered = CascadeMemory.At(network.Memory.Of(one.Coarse, 5, [30]), one.Places);
        Assert.True(remembered.abs().max().item<float>() > 0);

        var with = network.LogOdds(
            network.Still(one.Pixels.Fields.narrow(1, 0, CascadeFields.StaticChannels)),
            one.Pixels.Fields.narrow(1, CascadeFields.Expected, 2),
            one.Pixels.Fields.narrow(1, CascadeFields.Spread, CascadeFields.Scalars), remembered);

        Assert.True(with.allclose(network.call(one.Pixels.Fields, LeadTimes.Every(1, 5))));
    }

    [Fact]
    public void TheConvLstmLearnsWhatOnlyTheScansSay()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var network = Made();
        // A head that has learned to listen: its last layer is not zero.
        using (no_grad())
            network.named_parameters().Single(p => p.name == "last.weight").parameter.copy_(randn([Rates.Length, 8]) * 0.3);
        var head = network.named_parameters().Single(p => p.name == "first.weight").parameter.clone();
        var one = Situation();
        var before = MemoryTraining.Loss(network, [one], Rates);

        MemoryTraining.Run(
            network, [one], [], Rates, new() { PixelSteps = 60, LearningRate = 0.02 }, TimeProvider.System, (_, _) => { },
                TestContext.Current.CancellationToken);

        Assert.True(MemoryTraining.Loss(network, [one], Rates) < 0.8 * before);
        Assert.True(network.Remembers);
        Assert.True(head.allclose(network.named_parameters().Single(p => p.name == "first.weight").parameter));
    }

    /// <summary>All pixels have the same fields; where it rained in the west, it goes on, in the east it does not.</summary>
    private static CascadeSituation Situation()
    {
        var coarse = zeros([4, CascadeFields.CoarseChannels, 16, 16]);
        coarse.narrow(3, 0, 8).fill_(1);
        coarse.narrow(1, CascadeFields.CoarseChannels - 1, 1).fill_(1);
        var fields = zeros([256, CascadeFields.Channels]);
        fields.select(1, CascadeFields.Spread).fill_(0.5f);
        var x = arange(0, 256, float32).remainder(16);
        var y = (arange(0, 256, float32) / 16).floor();
        var rain = where(x.lt(8), full([256], 3f), zeros([256]));
        return new(new(fields, rain, ones([256])), full([256], 30f), stack([x, y], 1), coarse, 5, 1);
    }

    private static CascadeNetwork Made() => (CascadeNetwork)NetworkRegistry.Create(new()
    {
        Network = CascadeNetwork.Name, Hidden = [16, 8], Thresholds = [.. Rates.Select(Normalisation.Default.Apply)],
        LogRange = Math.Log(1001),
    });
}
