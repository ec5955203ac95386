using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Kernels;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using ConvLstm.Nowcast.MovingFrame;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Networks;

public sealed class LagrangianNetworkTests
{
    private static readonly float[] Rates = [0.1f, 0.5f, 1, 5, 20];

    [Fact]
    public void AnUntrainedNetworkGivesExactlyTheProbabilitiesOfLagrangianPersistence()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        manual_seed(3);
        using var network = Network();
        var rain = tensor(new Blobs(60, 44).Moving(3, 1).Frames.SelectMany(f => f.RainRate).ToArray(), [4, 44, 60]);
        var past = NormalisedRain.WithMask(rain, Normalisation.Default).unsqueeze(0);

        var logOdds = network.call(past, LeadTimes.Every(6, 10));

        Assert.Equal([1, 6, 44, 60, 5], logOdds.shape);
        var newest = rain[3].ToFloats();
        for (var lead = 0; lead < 6; lead++)
        {
            for (var t = 0; t < Rates.Length; t++)
            {
                var probability = logOdds[0][lead].select(2, t).sigmoid().ToFloats();
                for (var i = 0; i < newest.Length; i++)
                    Assert.True((probability[i] >= 0.5f) == (newest[i] >= Rates[t] * 0.999f),
                        $"lead {lead}, {Rates[t]} mm/h: {newest[i]} mm/h gives {probability[i]}");
            }
        }
        Assert.Equal(network.Persistence(past, LeadTimes.Every(6, 10)).ToFloats(), logOdds.ToFloats());
    }

    [Fact]
    public void LogOddsNeverRiseWithTheThresholdWhateverTheWeights()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        manual_seed(4);
        using var network = Shaken();

        var logOdds = network.call(SomePast(1), LeadTimes.Every(3, 5));

        for (var t = 1; t < Rates.Length; t++)
            Assert.True((logOdds.select(4, t) - logOdds.select(4, t - 1)).max().item<float>() <= 0);
    }

    [Fact]
    public void LeavingPixelsOutChangesNothingForTheOthers()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        using var network = Shaken();
        var past = SomePast(2);
        var leads = new LeadTimes([1, 4], 6) { PixelKilometres = 0.7 };

        var all = network.call(past, leads);
        var some = network.call(past, leads with { SampledPixels = new(3, 1, 2) });

        Assert.True((new SampledPixels(3, 1, 2).Of(all, 2, 3) - some).abs().max().item<float>() < 1e-4);
        using (no_grad())
            Assert.True((network.call(past, leads) - all).abs().max().item<float>() < 1e-3);
    }

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(3, 2, 1)]
    public void InOnePassTheHeadSaysWhatItSaysInPlainOperators(int stride, int row, int column)
    {
        using var scope = NewDisposeScope();
        manual_seed(8);
        using var network = Shaken();
        // Two images of a size that neither patches nor vectors divide, with rain in one corner.
        var rain = zeros([2, 4, 101, 147]);
        rain.narrow(2, 0, 36).narrow(3, 90, 48).copy_(SomePast(2).select(4, 0));
        var past = stack([rain, ones_like(rain)], -1);
        var leads = new LeadTimes([1, 4, 6], 6) { PixelKilometres = 2, SampledPixels = new(stride, row, column) };

        var plain = network.call(past, leads).detach();
        using var frozen = no_grad();
        var onePass = network.call(past, leads);

        Assert.Equal(plain.shape, onePass.shape);
        var near = onePass.select(4, 0).ne(ExceedancePixels.Dry).unsqueeze(-1).to_type(float32);
        Assert.InRange(near.mean().item<float>(), 0.1, 0.9);
        Assert.True(((plain - onePass).abs() * near / (1 + plain.abs())).max().item<float>() < 1e-4);
        // Without a gradient plain operators leave out what is far from rain as well.
        Assert.True(((network.InPlainOperators(past, leads) - onePass).abs() / (1 + plain.abs())).max().item<float>() < 1e-4);
    }

    [Fact]
    public void EveryWeightLearns()
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        using var network = Shaken();

        Backpropagation.Run(network.call(SomePast(2), LeadTimes.Every(3, 5)).square().mean());

        Assert.All(network.named_parameters(), p => Assert.True(p.parameter.grad is { } g && g.abs().max().item<float>() > 0, p.name));
    }

    [Fact]
    public void ANetworkThatIsTrainedOnRainThatDecaysLearnsToDecay()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        using var network = Network();
        var windows = new DecayingRain();
        var loss = Losses.Exceedance(Rates, network.Options.Thresholds);
        var result = new Trainer(new TrainingOptions
        {
            Epochs = 1, WindowsPerEpoch = 160, BatchSize = 4, LearningRate = 1e-2,
            SiteStride = 2, LeadsPerStep = 2
        }, TimeProvider.System)
            .Train(network, windows, loss, default);

        Assert.True(result.ValidationLoss < 0.5 * result.PersistenceLoss,
            $"{result.ValidationLoss} against {result.PersistenceLoss} of persistence");
        using var frozen = no_grad();
        var batch = windows.DrawTraining(8, new Random(99));
        var probability = network.call(batch.Frames.narrow(1, 0, batch.Past), batch.Leads).sigmoid();
        var wetBefore = batch.Frames.select(1, batch.Past - 1).select(3,
            0).ge(Normalisation.Default.Apply(5)).to_type(float32).mean().item<float>();
        var wetThen = probability.select(1, 5).select(3, 3).mean().item<float>();
        Assert.InRange(wetThen, 0, 0.6 * wetBefore);
    }

    [Fact]
    public void TheHeadLearnsToDecayFromPixelsAlone()
    {
        using var scope = NewDisposeScope();
        manual_seed(8);
        using var network = Network();
        var windows = new DecayingRain();
        var untrained = network.StateParameters.Select(p => p.detach().clone()).ToArray();
        var head = new PixelTraining(new TrainingOptions { PixelWindows = 24, PixelSteps = 80, LearningRate = 2e-2 },
            Losses.Exceedance(Rates, network.Options.Thresholds));
        var losses = new List<double>();

        head.Run(network, windows, () => 0, new Random(1), (phase, _, loss) =>
        {
            if (phase == TrainingPhases.Pixels)
                losses.Add(loss);
        }, default);

        Assert.Equal(80, losses.Count);
        using var frozen = no_grad();
        var batch = windows.DrawTraining(8, new Random(99));
        var probability = network.call(batch.Frames.narrow(1, 0, batch.Past), batch.Leads).sigmoid();
        var wetBefore = batch.Frames.select(1, batch.Past - 1).select(3,
            0).ge(Normalisation.Default.Apply(5)).to_type(float32).mean().item<float>();
        Assert.InRange(probability.select(1, 5).select(3, 3).mean().item<float>(), 0, 0.7 * wetBefore);
        // The rest of the network is as it was, and says nothing yet.
        Assert.All(untrained.Zip(network.StateParameters),
            p => Assert.Equal(p.First.ToFloats(), p.Second.ToFloats()));
    }

    [Fact]
    public void AHeadTrainedOnPixelsSaysTheSameOfAMap()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        manual_seed(9);
        using var network = Shaken();
        foreach (var weight in network.StateParameters)
            weight.zero_();
        var past = SomePast(1);
        var leads = new LeadTimes([3], 5);
        var pixels = ExceedancePixels.Of(past, network.Options, leads);

        var rows = network.Head.LogOdds(pixels.Rain, pixels.PerThreshold, full([pixels.Rain.shape[0]], 15f));

        var map = network.call(past, leads).view(-1, Rates.Length).index_select(0, pixels.Places!);
        Assert.True((map - rows).abs().max().item<float>() < 1e-3);
    }

    /// <summary>Standing cells that lose a tenth of their rain from frame to frame.</summary>
    private sealed class DecayingRain : ITrainingWindows
    {
        public TrainingBatch DrawTraining(int batch, Random random) =>
            new(stack(Enumerable.Range(0, batch).Select(_ => Window(random.Next(1000)))), Past: 4, StepMinutes: 10);

        public IEnumerable<TrainingBatch> Validation(int batch) =>
            Enumerable.Range(0, 8).Chunk(batch)
                .Select(seeds => new TrainingBatch(stack(seeds.Select(s => Window(5000 + s))), Past: 4, StepMinutes: 10));

        private static Tensor Window(int seed)
        {
            var rain = tensor(new Blobs(40, 40, count: 8, seed).Shifted(0, 0), [40, 40]);
            return NormalisedRain.WithMask(stack(Enumerable.Range(0, 10).Select(t => rain * Math.Pow(0.9, t))), Normalisation.Default);
        }
    }

    private static LagrangianNetwork Network() => (LagrangianNetwork)NetworkRegistry.Create(new()
    {
        Network = LagrangianNetwork.Name, Hidden = [6], Patch = 4, Thresholds = [.. Rates.Select(Normalisation.Default.Apply)],
    });

    private static LagrangianNetwork Shaken()
    {
        var network = Network();
        using (no_grad())
        {
            foreach (var weight in network.parameters())
                weight.add_(randn(weight.shape) * 0.05);
        }
        return network;
    }

    private static Tensor SomePast(int batch)
    {
        var rain = tensor(Enumerable.Range(0, batch)
            .SelectMany(b => new Blobs(48, 36, seed: b + 1).Moving(1, 2).Frames.SelectMany(f => f.RainRate)).ToArray(), [batch, 4, 36, 48]);
        return NormalisedRain.WithMask(rain, Normalisation.Default);
    }
}
