using System.Text.Json;
using ConvLstm.Nowcast.Model.Checkpoints;
using Xunit;
using LR = ConvLstm.Nowcast.Torch.torch.optim.lr_scheduler;

namespace ConvLstm.Nowcast.Tests.Torch;

/// <summary>Layers, optimisers and schedules beside those of PyTorch with the same names, weights and input.</summary>
public sealed class AgainstPyTorch
{
    private const float Tolerance = 2e-4f;
    private const int Steps = 12;

    private static readonly Dictionary<string, (nn.Module<Tensor, Tensor> Layer, string Python, long[] Input)> Layers = new()
    {
        ["conv1d"] = (nn.Conv1d(3, 4, 3, padding: 2, dilation: 2), "nn.Conv1d(3, 4, 3, padding=2, dilation=2)", [2, 3, 11]),
        ["conv2d"] = (nn.Conv2d(4, 6, (3, 5), stride: (2, 1), padding: (1, 2), groups: 2), "nn.Conv2d(4, 6, (3, 5), stride=(2, 1), padding=(1, 2), groups=2)", [2, 4, 9, 7]),
        ["conv2d_same"] = (nn.Conv2d(3, 5, 5, Padding.Same), "nn.Conv2d(3, 5, 5, padding='same')", [2, 3, 9, 7]),
        ["conv2d_reflect"] = (nn.Conv2d(3, 5, 3, padding: 1, padding_mode: PaddingModes.Reflect), "nn.Conv2d(3, 5, 3, padding=1, padding_mode='reflect')", [2, 3, 9, 7]),
        ["conv3d"] = (nn.Conv3d(2, 3, (2, 3, 3), padding: (0, 1, 1)), "nn.Conv3d(2, 3, (2, 3, 3), padding=(0, 1, 1))", [2, 2, 4, 6, 5]),
        ["transposed1d"] = (nn.ConvTranspose1d(3, 4, 4, stride: 2, padding: 1), "nn.ConvTranspose1d(3, 4, 4, stride=2, padding=1)", [2, 3, 7]),
        ["transposed2d"] = (nn.ConvTranspose2d(4, 6, 3, stride: 2, padding: 1, output_padding: 1, groups: 2), "nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2)", [2, 4, 5, 6]),
        ["transposed3d"] = (nn.ConvTranspose3d(2, 3, 2, stride: 2), "nn.ConvTranspose3d(2, 3, 2, stride=2)", [2, 2, 3, 4, 3]),
        ["batch1d"] = (nn.BatchNorm1d(3), "nn.BatchNorm1d(3)", [4, 3, 5]),
        ["batch2d"] = (nn.BatchNorm2d(3), "nn.BatchNorm2d(3)", [4, 3, 5, 6]),
        ["batch3d"] = (nn.BatchNorm3d(3, momentum: 0.3), "nn.BatchNorm3d(3, momentum=0.3)", [4, 3, 2, 5, 6]),
        ["group"] = (nn.GroupNorm(2, 6), "nn.GroupNorm(2, 6)", [2, 6, 5, 4]),
        ["layer"] = (nn.LayerNorm([5, 4]), "nn.LayerNorm([5, 4])", [2, 3, 5, 4]),
        ["linear"] = (nn.Linear(7, 4), "nn.Linear(7, 4)", [2, 3, 7]),
        ["dropout"] = (nn.Dropout(0), "nn.Dropout(0)", [2, 7]),
        ["max1d"] = (nn.MaxPool1d(3, stride: 2), "nn.MaxPool1d(3, stride=2)", [2, 3, 9]),
        ["max2d"] = (nn.MaxPool2d(2), "nn.MaxPool2d(2)", [2, 3, 8, 6]),
        ["max3d"] = (nn.MaxPool3d(2), "nn.MaxPool3d(2)", [2, 3, 4, 8, 6]),
        ["max2d_dilated"] = (nn.MaxPool2d(2, stride: 1, padding: 1, dilation: 2, ceil_mode: true), "nn.MaxPool2d(2, 1, 1, 2, ceil_mode=True)", [2, 3, 8, 6]),
        ["average1d"] = (nn.AvgPool1d(3, 2, 1, ceil_mode: true, count_include_pad: false), "nn.AvgPool1d(3, 2, 1, True, False)", [2, 3, 8]),
        ["average2d_divided"] = (nn.AvgPool2d(2, divisor_override: 3), "nn.AvgPool2d(2, divisor_override=3)", [2, 3, 8, 6]),
        ["average2d"] = (nn.AvgPool2d(3, stride: 2, padding: 1), "nn.AvgPool2d(3, stride=2, padding=1)", [2, 3, 8, 6]),
        ["average3d"] = (nn.AvgPool3d([1, 2, 2]), "nn.AvgPool3d([1, 2, 2])", [2, 3, 4, 8, 6]),
        ["adaptive"] = (nn.AdaptiveAvgPool2d([3, 2]), "nn.AdaptiveAvgPool2d([3, 2])", [2, 3, 8, 6]),
        ["shuffle"] = (nn.PixelShuffle(2), "nn.PixelShuffle(2)", [2, 8, 3, 4]),
        ["unshuffle"] = (nn.PixelUnshuffle(2), "nn.PixelUnshuffle(2)", [2, 2, 6, 4]),
        ["sequence"] = (
            nn.Sequential(nn.Conv2d(2, 3, 3), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(3 * 4 * 3, 5), nn.Tanh()),
            "nn.Sequential(nn.Conv2d(2, 3, 3), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(36, 5), nn.Tanh())", [2, 2, 6, 5]),
        ["activations"] = (
            nn.Sequential(nn.GELU(), nn.SiLU(), nn.Softplus(), nn.Sigmoid(), nn.ReLU()), "nn.Sequential(nn.GELU(), nn.SiLU(), nn.Softplus(), nn.Sigmoid(), nn.ReLU())", [3, 40]),
        ["lstm"] = (new Output(nn.LSTM(3, 4, numLayers: 2, bidirectional: true)), "nn.LSTM(3, 4, 2, bidirectional=True)", [6, 2, 3]),
        ["gru"] = (new Output(nn.GRU(3, 4, batchFirst: true)), "nn.GRU(3, 4, batch_first=True)", [2, 6, 3]),
        ["fft"] = (new Function(x => fft.irfft2(fft.rfft2(x) * fft.rfft2(x.flip(2)))), "Call(lambda x: torch.fft.irfft2(torch.fft.rfft2(x) * torch.fft.rfft2(x.flip(2))))", [2, 3, 6, 8]),
        ["sampled"] = (
            new Function(x => nn.functional.grid_sample(x.narrow(1, 0, 2), x.narrow(1, 2, 2).permute(0, 2, 3, 1), padding_mode: GridSamplePaddingMode.Border, align_corners: true)),
            "Call(lambda x: F.grid_sample(x[:, :2], x[:, 2:].permute(0, 2, 3, 1), padding_mode='border', align_corners=True))", [2, 4, 6, 8]),
        ["losses"] = (
            new Function(x => nn.HuberLoss(0.5).call(x[0], x[1]) + nn.SmoothL1Loss().call(x[0], x[1]) + nn.MSELoss().call(x[0], x[1]) + nn.L1Loss(nn.Reduction.Sum).call(x[0], x[1])
                + nn.BCELoss().call(x[0].sigmoid(), x[1].sigmoid()) + nn.BCEWithLogitsLoss().call(x[0], x[1].sigmoid())
                + nn.CrossEntropyLoss().call(x[0], tensor([1L, 0, 3], [3]))),
            "Call(lambda x: nn.HuberLoss(delta=0.5)(x[0], x[1]) + nn.SmoothL1Loss()(x[0], x[1]) + nn.MSELoss()(x[0], x[1]) + nn.L1Loss(reduction='sum')(x[0], x[1])"
                + " + nn.BCELoss()(x[0].sigmoid(), x[1].sigmoid()) + nn.BCEWithLogitsLoss()(x[0], x[1].sigmoid()) + nn.CrossEntropyLoss()(x[0], torch.tensor([1, 0, 3])))",
            [2, 3, 5]),
    };

    private static readonly Dictionary<string, (Func<Parameter[], optim.Optimizer> Make, string Python)> Optimisers = new()
    {
        ["adam"] = (p => optim.Adam(p, 0.05, weight_decay: 0.1), "lambda p: torch.optim.Adam(p, 0.05, weight_decay=0.1)"),
        ["amsgrad"] = (p => optim.Adam(p, 0.3, amsgrad: true), "lambda p: torch.optim.Adam(p, 0.3, amsgrad=True)"),
        ["up"] = (p => optim.SGD(p, 1e-5, maximize: true), "lambda p: torch.optim.SGD(p, 1e-5, maximize=True)"),
        ["adamw"] = (p => optim.AdamW(p, 0.05, weight_decay: 0.1), "lambda p: torch.optim.AdamW(p, 0.05, weight_decay=0.1)"),
        ["adamax"] = (p => optim.Adamax(p, 0.05), "lambda p: torch.optim.Adamax(p, 0.05)"),
        ["radam"] = (p => optim.RAdam(p, 0.05), "lambda p: torch.optim.RAdam(p, 0.05)"),
        ["rmsprop"] = (p => optim.RMSProp(p, 0.02, momentum: 0.5, centered: true), "lambda p: torch.optim.RMSprop(p, 0.02, momentum=0.5, centered=True)"),
        ["sgd"] = (p => optim.SGD(p, 0.01, momentum: 0.9, nesterov: true, weight_decay: 0.1), "lambda p: torch.optim.SGD(p, 0.01, momentum=0.9, nesterov=True, weight_decay=0.1)"),
        ["sgd_damped"] = (p => optim.SGD(p, 0.01, momentum: 0.9, dampening: 0.5), "lambda p: torch.optim.SGD(p, 0.01, momentum=0.9, dampening=0.5)"),
    };

    private static readonly Dictionary<string, (Func<optim.Optimizer, LR.LRScheduler> Make, string Python)> Schedules = new()
    {
        ["step"] = (o => LR.StepLR(o, 3, 0.5), "lambda o: torch.optim.lr_scheduler.StepLR(o, 3, 0.5)"),
        ["milestones"] = (o => LR.MultiStepLR(o, [2, 7], 0.3), "lambda o: torch.optim.lr_scheduler.MultiStepLR(o, [2, 7], 0.3)"),
        ["exponential"] = (o => LR.ExponentialLR(o, 0.9), "lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9)"),
        ["linear"] = (o => LR.LinearLR(o, 0.1, total_iters: 4), "lambda o: torch.optim.lr_scheduler.LinearLR(o, 0.1, total_iters=4)"),
        ["polynomial"] = (o => LR.PolynomialLR(o, 6, 2), "lambda o: torch.optim.lr_scheduler.PolynomialLR(o, 6, 2)"),
        ["cosine"] = (o => LR.CosineAnnealingLR(o, 11, 0.01), "lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 11, 0.01)"),
        ["cycle"] = (o => LR.OneCycleLR(o, 0.8, total_steps: 13, cycle_momentum: false), "lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 0.8, total_steps=13, cycle_momentum=False)"),
        ["line_cycle"] = (
            o => LR.OneCycleLR(o, 0.8, epochs: 4, steps_per_epoch: 3, anneal_strategy: LR.impl.OneCycleLR.AnnealStrategy.Linear),
            "lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 0.8, epochs=4, steps_per_epoch=3, anneal_strategy='linear', cycle_momentum=False)"),
        ["plateau"] = (o => LR.ReduceLROnPlateau(o, factor: 0.5, patience: 1, cooldown: 1), "lambda o: torch.optim.lr_scheduler.ReduceLROnPlateau(o, factor=0.5, patience=1, cooldown=1)"),
        ["sequential"] = (
            o => LR.SequentialLR(o, [LR.LinearLR(o, 0.2, total_iters: 3), LR.ExponentialLR(o, 0.8)], [3]),
            "lambda o: torch.optim.lr_scheduler.SequentialLR(o, [torch.optim.lr_scheduler.LinearLR(o, 0.2, total_iters=3), torch.optim.lr_scheduler.ExponentialLR(o, 0.8)], [3])"),
    };

    [Fact]
    public async Task LayersOptimisersAndSchedulesGiveTheSameNumbers()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        manual_seed(8);
        Dictionary<string, Tensor> given = [], ours = [];
        foreach (var (name, layer) in Layers)
            Run(name, layer.Layer, layer.Input, given, ours);
        foreach (var (name, optimiser) in Optimisers)
            Run(name, optimiser.Make, given, ours);
        foreach (var (name, schedule) in Schedules)
            ours[name] = Rates(schedule.Make);
        SafeTensors.Write(folder.File("in.safetensors"), given, new Dictionary<string, string>());
        await File.WriteAllTextAsync(folder.File("cases.json"), JsonSerializer.Serialize(new
        {
            layers = Layers.ToDictionary(l => l.Key, l => l.Value.Python),
            optimisers = Optimisers.ToDictionary(o => o.Key, o => o.Value.Python),
            schedules = Schedules.ToDictionary(s => s.Key, s => s.Value.Python),
        }), TestContext.Current.CancellationToken);

        await Python.RunAsync("torch", "model/torch/layers_reference.py", folder.File("cases.json"), folder.File("in.safetensors"), folder.File("out.safetensors"));

        var (theirs, _) = SafeTensors.Read(folder.File("out.safetensors"));
        var wrong = theirs.Where(t => !Near(t.Value, ours[t.Key])).Select(t => t.Key).ToList();
        Assert.True(wrong.Count == 0, string.Join(", ", wrong));
        Assert.True(theirs.Count > 100, $"only {theirs.Count} tensors were compared");
    }

    private static void Run(string name, nn.Module<Tensor, Tensor> layer, long[] shape, Dictionary<string, Tensor> given, Dictionary<string, Tensor> ours)
    {
        var x = randn(shape).requires_grad_();
        given[name + ".x"] = x;
        foreach (var (key, tensor) in layer.state_dict())
            given[$"{name}.w.{key}"] = tensor.clone().detach();
        var y = layer.call(x);
        y.square().sum().backward();
        (ours[name + ".y"], ours[name + ".x.grad"]) = (y.detach(), x.grad!);
        foreach (var (key, parameter) in layer.named_parameters())
            ours[$"{name}.w.{key}.grad"] = parameter.grad!;
        foreach (var (key, buffer) in layer.named_buffers())
            ours[$"{name}.w.{key}"] = buffer;
    }

    private static void Run(string name, Func<Parameter[], optim.Optimizer> make, Dictionary<string, Tensor> given, Dictionary<string, Tensor> ours)
    {
        var parameter = nn.Parameter(randn([20]));
        given[name + ".p"] = parameter.detach().clone();
        using var optimiser = make([parameter]);
        for (var step = 0; step < Steps; step++)
        {
            optimiser.zero_grad();
            (parameter.pow(4) + parameter.square()).sum().backward();
            optimiser.step();
        }
        ours[name] = parameter.detach();
    }

    private static Tensor Rates(Func<optim.Optimizer, LR.LRScheduler> make)
    {
        using var optimiser = optim.SGD([nn.Parameter(zeros([1]))], 0.5);
        var schedule = make(optimiser);
        var rates = new List<float>();
        for (var epoch = 0; epoch < Steps; epoch++)
        {
            rates.Add((float)optimiser.LearningRate);
            schedule.step(Math.Abs(epoch - 3));
        }
        return tensor(rates.ToArray(), [Steps]);
    }

    private static bool Near(Tensor expected, Tensor actual) =>
        expected.shape.SequenceEqual(actual.shape) && (expected - actual).abs().max().item<float>() <= Tolerance * Math.Max(1, expected.abs().max().item<float>());

    private sealed class Function(Func<Tensor, Tensor> function) : nn.Module<Tensor, Tensor>(nameof(Function))
    {
        public override Tensor forward(Tensor input) => function(input);
    }

    /// <summary>The first of the results; the weights are those of the recurrent layer.</summary>
    private sealed class Output : nn.Module<Tensor, Tensor>
    {
        private readonly Func<Tensor, Tensor> _run;

        internal Output(LSTM layer)
            : base(nameof(Output)) => _run = Of(layer, x => layer.call(x).Item1);

        internal Output(GRU layer)
            : base(nameof(Output)) => _run = Of(layer, x => layer.call(x).Item1);

        public override Tensor forward(Tensor input) => _run(input);

        private Func<Tensor, Tensor> Of(nn.Module layer, Func<Tensor, Tensor> call)
        {
            foreach (var (name, parameter) in layer.named_parameters())
                register_parameter(name, parameter);
            return call;
        }
    }
}
