using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model.Kernels;
using ConvLstm.Nowcast.Model.Networks;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Kernels;

public sealed class PixelPerceptrons
{
    [Theory]
    [InlineData(InstructionSet.Scalar, 77)]
    [InlineData(InstructionSet.Avx2, 1)]
    [InlineData(InstructionSet.Avx2, 2500)]
    [InlineData(InstructionSet.Avx512, 33)]
    [InlineData(InstructionSet.Avx512, 5000)]
    public void LogOddsAreWhatOperatorsGiveInDouble(InstructionSet set, int pixels)
    {
        ConvLstmKernels.SkipUnlessSupported(set);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        manual_seed(3);
        const int Inner = 13, Hidden = 7, Thresholds = 4;
        var features = new PerceptronPixels(randn([Inner, pixels]), randn([2, pixels]));
        var weights = new PerceptronWeights(
            randn([Inner, 2]), randn([Inner]), randn([Hidden, Inner]), randn([Hidden]), randn([Thresholds, Hidden]), randn([Thresholds]),
                0.7f);

        var odds = PixelPerceptron.LogOdds(features, weights, new(set, 2));

        var inner = (features.Still.@double() + weights.Maps.@double().matmul(features.Maps.@double())
            + weights.Shared.@double().unsqueeze(1)).relu();
        var hidden = (weights.Second.@double().matmul(inner) + weights.SecondBias.@double().unsqueeze(1)).relu();
        var expected = (weights.Last.@double().matmul(hidden) + weights.LastBias.@double().unsqueeze(1)
            + (features.Maps[0].@double() * 0.7f)).cummin(0).values;
        Assert.Equal([Thresholds, pixels], odds.shape);
        Assert.True((odds - expected).abs().max().item<double>() < 1e-6 * expected.abs().max().item<double>());
        Assert.True(odds.equal(PixelPerceptron.LogOdds(features, weights, new(set, 1))).all().item<bool>());
    }

    [Fact]
    public void TheCascadeNetworkSaysTheSameInOnePassAsInOperators()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        using var network = (CascadeNetwork)NetworkRegistry.Create(new()
        {
            Network = CascadeNetwork.Name, Hidden = [16, 8],
            Thresholds = [.. ForecastRequest.AllThresholds.Select(Normalisation.Default.Apply)],
            LogRange = Math.Log(1001),
        });
        using var frozen = no_grad();
        foreach (var parameter in network.parameters())
            parameter.copy_(randn(parameter.shape) * 0.3);
        var (pixels, maps, scalars) = (randn([CascadeFields.StaticChannels, 500]), randn([2, 500]), rand([1, CascadeFields.Scalars]));

        var odds = network.PixelLogOdds(network.StillOf(pixels), maps, scalars, null, 0.4);

        var expected = network.LogOdds(network.Still(pixels.transpose(0, 1)), maps.transpose(0, 1), scalars, null, 0.4).transpose(0, 1);
        Assert.True(odds.allclose(expected, 1e-4, 1e-4), $"{(odds - expected).abs().max().item<float>()}");
    }
}
