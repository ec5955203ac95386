using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Kernels;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Networks;

/// <summary>What every network that draws frames can do. The Lagrangian one has tests of its own.</summary>
public sealed class NetworkFamily
{
    public static TheoryData<string> Names => [.. NetworkRegistry.Names.Where(n => n != LagrangianNetwork.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void FramesOfAnySizeComeOutAsManyAsAreAskedFor(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Made(name);
        network.eval();
        using var frozen = no_grad();

        foreach (var (height, width) in new[] { (16, 16), (13, 21) })
        {
            var frames = network.call(rand([2, 4, height, width, 2]), LeadTimes.Every(Leads(name), 5));
            Assert.Equal([2, Leads(name), height, width, 1], frames.shape);
            Assert.True(frames.isfinite().all().item<bool>());
            var some = network.call(rand([1, 4, height, width, 2]), new([Leads(name)], 5));
            Assert.Equal([1, 1, height, width, 1], some.shape);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void SomeLeadsAreTheSameAsThoseAmongAll(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Shaken(name);
        network.eval();
        using var frozen = no_grad();
        var past = rand([1, 4, 12, 12, 2]);

        var all = network.call(past, LeadTimes.Every(2, 5));
        var second = network.call(past, new([2], 5));

        Assert.True((all.narrow(1, 1, 1) - second).abs().max().item<float>() < 1e-5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void GradientsAgreeWithFiniteDifferences(string name)
    {
        using var scope = NewDisposeScope();
        manual_seed(21);
        using var network = Shaken(name).to(ScalarType.Float64);
        // Running statistics move with every call; those of the batch do not.
        network.train();
        var past = rand([2, 4, 8, 8, 2], ScalarType.Float64, requires_grad: true);
        var leads = LeadTimes.Every(2, 5);
        Backpropagation.Run(Value());

        Assert.NotEmpty(network.parameters());
        foreach (var (key, parameter) in network.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).Append(("past", past)))
        {
            Assert.True(parameter.grad is not null, $"{key} has no gradient");
            var gradient = parameter.grad.contiguous().data<double>().ToArray();
            foreach (var i in new[] { 0, gradient.Length / 2, gradient.Length - 1 }.Distinct())
            {
                var slope = Gradients.Slope(parameter, i, Value);
                Assert.True(Math.Abs(slope - gradient[i]) < 1e-5 * (1 + Math.Abs(gradient[i])),
                    $"{key}[{i}]: {gradient[i]} against {slope}");
            }
        }

        Tensor Value() => network.call(past, leads).square().sum();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void OneBatchIsLearnedByHeart(string name)
    {
        using var scope = NewDisposeScope();
        manual_seed(22);
        using var network = Made(name, [16, 16]);
        var windows = new OneBatch(Leads(name));
        var options = new TrainingOptions { Epochs = 1, WindowsPerEpoch = 160, BatchSize = 1, LearningRate = 1e-2, Patience = 1 };

        var result = new Trainer(options, TimeProvider.System)
            .Train(network, windows, Losses.Named(Losses.MeanSquaredError, r => r), TestContext.Current.CancellationToken);

        // A network that knows its own pixel only learns a walk slowly.
        var share = name == Conv1dLstm.Name ? 0.7 : 0.5;
        Assert.True(result.TrainingLoss < share * windows.Variance, $"{result.TrainingLoss} of a variance of {windows.Variance}");
        Assert.True(result.TrainingLoss < share * result.PersistenceLoss,
            $"{result.TrainingLoss} against {result.PersistenceLoss} of persistence");
    }

    [Theory]
    [InlineData(StackedConvLstm.Name)]
    [InlineData(FrameConvLstm.Name)]
    public void WhatBatchesNormaliseByIsKnownAfterTheFirstFew(string name)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        manual_seed(24);
        using var network = Made(name);
        var past = rand([4, 4, 12, 12, 2]);
        Tensor Drawn() => network.call(past, LeadTimes.Every(1, 5));
        network.train();
        Drawn();
        Drawn();
        var trained = Drawn();

        network.eval();

        // By running statistics that had kept a part of 0 and 1 it would draw something else.
        Assert.True((Drawn() - trained).abs().max().item<float>() < 1e-2 * (trained.max() - trained.min()).item<float>());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ACheckpointGivesBackNetworkAndOptions(string name)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var network = Shaken(name);
        network.eval();
        using var frozen = no_grad();
        var past = rand([1, 4, 16, 16, 2]);
        Checkpoint.Save(folder.File("n.safetensors"), network, Sample.Metadata(network.Options));

        using var loaded = Checkpoint.Load(folder.File("n.safetensors"), CPU);

        Assert.Equal(network.Options, loaded.Metadata.Network);
        Assert.Equal(
            network.call(past, LeadTimes.Every(2, 5)).ToFloats(),
            loaded.Network.call(past, LeadTimes.Every(2, 5)).ToFloats());
    }

    [Fact]
    public void AnUntrainedInterpolatorIsLinearBlending()
    {
        using var scope = NewDisposeScope();
        using var network = Made(ConvLstmInterpolator.Name);
        using var frozen = no_grad();
        var past = cat([rand([1, 4, 8, 8, 1]), ones([1, 4, 8, 8, 1])], 4);

        var filled = network.call(past, LeadTimes.Every(2, 5));

        var (before, after) = (past.select(1, 1).narrow(3, 0, 1), past.select(1, 2).narrow(3, 0, 1));
        Assert.True((filled.select(1, 0) - (before * (2 / 3.0) + after * (1 / 3.0))).abs().max().item<float>() < 1e-6);
        Assert.True((filled.select(1, 1) - (before * (1 / 3.0) + after * (2 / 3.0))).abs().max().item<float>() < 1e-6);
    }

    [Fact]
    public void ATrajGruWhoseLinksStayAtHomeReadsItsOwnPixel()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var cell = new Nowcast.Model.Layers.TrajGruCell(2, 3, 3);
        foreach (var (name, parameter) in cell.named_parameters().Where(p => p.name.StartsWith("flow", StringComparison.Ordinal)))
            nn.init.zeros_(parameter);
        var state = rand([1, 3, 7, 9]);
        var input = rand([1, 2, 7, 9]);
        var same = cell.call(input, new(state)).Hidden;

        // A pixel far from a change does not see it.
        var changed = state.clone();
        changed.narrow(2, 0, 1).narrow(3, 0, 1).fill_(5);
        var other = cell.call(input, new(changed)).Hidden;
        Assert.True((same - other).abs().narrow(2, 1, 6).max().item<float>() < 1e-6);
        Assert.True((same - other).abs().max().item<float>() > 1e-3);
    }

    [Fact]
    public void WhatCannotBeMadeIsSaidInOneLine()
    {
        Assert.Contains("multiple of 4", Assert.Throws<ReportedException>(() =>
            NetworkRegistry.Create(new() { Network = CnnLstm.Name, Tile = 10 })).Message, StringComparison.Ordinal);
        Assert.Contains("activation", Assert.Throws<ReportedException>(() =>
            NetworkRegistry.Create(new() { Network = FrameConvLstm.Name, Activation = "no" })).Message, StringComparison.Ordinal);
        Assert.Contains("optimiser", Assert.Throws<ReportedException>(() => Optimizers.Named("no", [], 1)).Message,
            StringComparison.Ordinal);
        Assert.Contains("schedule", Assert.Throws<ReportedException>(() => Schedules.Named("no")).Message, StringComparison.Ordinal);
        Assert.Contains("loss", Assert.Throws<ReportedException>(() => Losses.Named("no", r => r)).Message, StringComparison.Ordinal);
    }

    /// <summary>An interpolator fills the gap it was made for.</summary>
    private static int Leads(string name) => name == ConvLstmInterpolator.Name ? 2 : 5;

    private static RainNetwork Made(string name, int[]? hidden = null) =>
        NetworkRegistry.Create(new() { Network = name, Hidden = hidden ?? [3, 4], Tile = 8, Patch = 2, Frames = 3 });

    private static RainNetwork Shaken(string name)
    {
        manual_seed(23);
        var network = Made(name);
        foreach (var parameter in network.parameters())
            nn.init.uniform_(parameter, -0.3, 0.3);
        return network;
    }

    /// <summary>A blob that walks: the same window again and again.</summary>
    private sealed class OneBatch(int leads) : ITrainingWindows
    {
        private readonly float[] _frames = Walk(4 + leads);

        internal double Variance => Spread([.. _frames.Skip(4 * Side * Side * 2).Where((_, i) => i % 2 == 0)]);

        private const int Side = 12;

        public TrainingBatch DrawTraining(int batch, Random random) => new(Window().expand(batch, -1, -1, -1, -1), Past: 4, StepMinutes: 5);

        public IEnumerable<TrainingBatch> Validation(int batch) => [new(Window(), Past: 4, StepMinutes: 5)];

        private Tensor Window() => tensor(_frames, [1, 4 + leads, Side, Side, 2]);

        private static float[] Walk(int count) =>
            [.. Enumerable.Range(0, count)
                .SelectMany(t => Enumerable.Range(0, Side * Side).SelectMany(i => new[] { Blob((i % Side) - 3 - t, (i / Side) - 6), 1f }))];

        private static float Blob(double x, double y) => (float)(0.8 * Math.Exp(-((x * x) + (y * y)) / 8));

        private static double Spread(float[] values)
        {
            var mean = values.Average();
            return values.Average(v => (v - mean) * (v - mean));
        }
    }
}
