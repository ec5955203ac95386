using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Networks;

public sealed class CascadeNetworks
{
    private static readonly float[] Rates = [0.5f, 2, 10];

    [Fact]
    public void AnUntrainedNetworkIsTheClassicalForecastWithItsSpread()
    {
        using var scope = NewDisposeScope();
        using var network = Made();
        // 10 dB expected, 5 dB not known, beside the 2 dB that never are: 10 mm/h is as likely as not.
        var fields = Fields(expected: 10, spread: 5);

        var probabilities = network.call(fields, LeadTimes.Every(1, 5)).sigmoid()[0].ToFloats();

        var deviation = Math.Sqrt((5 * 5) + (2 * 2));
        Assert.Equal(0.5, probabilities[2], 1e-3);
        Assert.Equal(MathNet.Numerics.Distributions.Normal.CDF(0, deviation, 10 - 3.0103), probabilities[1], 0.01);
        Assert.Equal(MathNet.Numerics.Distributions.Normal.CDF(0, deviation, 10 + 3.0103), probabilities[0], 0.01);
    }

    /// <summary>Of the next minutes S-PROG's 4 dB and ANVIL's 14 are 11 together.</summary>
    [Fact]
    public void WhatIsNotLearnedYetBeginsBetweenSprogAndAnvil()
    {
        using var scope = NewDisposeScope();
        using var network = Made();
        var scalars = zeros([1, CascadeFields.Scalars]);
        scalars[0, 0] = 5 / (float)CascadeFields.Span;
        Tensor Maps(float sprog, float anvil) => tensor(new[] { sprog, anvil }, [2, 1]) / CascadeFields.Span;
        Tensor Odds(float sprog, float anvil) =>
            network.PixelLogOdds(network.StillOf(zeros([CascadeFields.StaticChannels, 1])), Maps(sprog, anvil), scalars, null, 0);

        var between = Odds(4, 14) + CascadeNetwork.TowardsAnvil(Maps(4, 14), scalars, 0);

        Assert.True(between.allclose(Odds(11, 14), 1e-4, 1e-4), $"{between} instead of {Odds(11, 14)}");
        Assert.Equal(0, CascadeNetwork.TowardsAnvil(Maps(4, 14), scalars, 1).item<float>());
    }

    [Fact]
    public void ATrainingLearnsWhatTheClassicalForecastGetsWrong()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var network = Made();
        // Rain of 10 dB is forecast everywhere, and comes where the observed share is high.
        var fields = Fields(10, 5).repeat(2000, 1);
        fields.select(1, CascadeFields.StaticChannels - 1).copy_(rand([2000]).round());
        var rain = fields.select(1, CascadeFields.StaticChannels - 1) * 12;
        var pixels = new CascadePixels(fields, rain, ones([2000]));
        var before = CascadeTraining.Loss(network, pixels, Rates).item<float>();

        CascadeTraining.Run(network, pixels, null, Rates, new() { PixelSteps = 150, LearningRate = 0.02 }, TimeProvider.System, _ => { },
            TestContext.Current.CancellationToken);

        Assert.True(CascadeTraining.Loss(network, pixels, Rates).item<float>() < 0.3 * before);
    }

    [Fact]
    public void ACheckpointGivesTheSameProbabilitiesAgain()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var network = Made();
        foreach (var parameter in network.parameters())
        {
            using var frozen = no_grad();
            parameter.copy_(randn(parameter.shape) * 0.1);
        }
        var fields = rand([7, CascadeFields.Channels]);
        var file = Path.Combine(folder.Path, "cascade.safetensors");

        Checkpoint.Save(file, network, Sample.Metadata(network.Options));
        using var loaded = Checkpoint.Load(file, CPU);

        Assert.True(network.call(fields, LeadTimes.Every(1, 5)).allclose(loaded.Network.call(fields, LeadTimes.Every(1, 5))));
    }

    private static CascadeNetwork Made() => (CascadeNetwork)NetworkRegistry.Create(new()
    {
        Network = CascadeNetwork.Name, Hidden = [16, 8], Thresholds = [.. Rates.Select(Normalisation.Default.Apply)],
        LogRange = Math.Log(1001),
    });

    private static Tensor Fields(float expected, float spread)
    {
        var fields = zeros([1, CascadeFields.Channels]);
        fields.select(1, CascadeFields.Expected).fill_(expected / CascadeFields.Span);
        fields.select(1, CascadeFields.Spread).fill_(spread / CascadeFields.Span);
        return fields;
    }
}
