namespace ConvLstm.Nowcast.Bench.ConvLstm;

/// <summary>
/// The encoder-forecasters as everybody writes them: input and state concatenated, one convolution, chunk, sigmoid and tanh, step by
/// step, (N, C, H, W), in the operators of TorchSharp. The same lines as <c>convlstm_peer.py</c>.
/// </summary>
internal sealed class UsualConvLstm
{
    private const double Slope = 0.2;

    private readonly ConvLstmCase _which;
    private readonly Dictionary<string, Tensor> _weights;
    private readonly int _layers;

    /// <param name="which">The network.</param>
    /// <param name="weights">By the names of ours.</param>
    internal UsualConvLstm(ConvLstmCase which, IReadOnlyDictionary<string, Tensor> weights)
    {
        _which = which;
        _layers = which.Network.Hidden.Count;
        _weights = [];
        foreach (var cell in Enumerable.Range(0, _layers).SelectMany(i => new[] { $"encoder.{i}", $"forecaster.{i}" }))
        {
            var parts = new[] { $"{cell}.input_weight", $"{cell}.state_weight" }.Where(weights.ContainsKey).Select(name =>
                weights[name]).ToArray();
            _weights[cell] = Leaf(cat(parts, 1));
            _weights[cell + ".bias"] = Leaf(weights[cell + ".bias"]);
        }
        foreach (var (name, weight) in weights.Where(pair => !pair.Key.StartsWith("encoder", StringComparison.Ordinal)
            && !pair.Key.StartsWith("forecaster", StringComparison.Ordinal)))
            _weights[name] = Leaf(weight);
        Parameters = [.. _weights.Values.OfType<Parameter>()];
    }

    internal IReadOnlyList<Parameter> Parameters { get; }

    /// <param name="past">(batch, time, channels, H, W).</param>
    /// <param name="leads">How many.</param>
    /// <returns>(batch, leads, 1, H, W).</returns>
    internal Tensor Forward(Tensor past, int leads)
    {
        var size = past.shape;
        var states = Enumerable.Range(0, _layers).Select(i =>
            Zeros(size[0], _which.Network.Hidden[i], size[3] / Scale(i), size[4] / Scale(i), past.device)).ToArray();
        for (var t = 0; t < size[1]; t++)
        {
            var x = nn.functional.pixel_unshuffle(past.select(1, t), _which.Network.Patch);
            for (var i = 0; i < _layers; i++)
            {
                if (i > 0 && _which.IsMultiScale)
                    x = nn.functional.leaky_relu(nn.functional.conv2d(x, _weights[$"down.{i - 1}.weight"], _weights[$"down.{i - 1}.bias"],
                        [2, 2], [1, 1]), Slope);
                states[i] = Step($"encoder.{i}", x, states[i]);
                x = states[i].Hidden;
            }
        }
        var newest = past.select(1, size[1] - 1).narrow(1, 0, 1);
        return stack([.. Enumerable.Range(0, leads).Select(_ => newest + Frame(states))], 1);
    }

    private Tensor Frame((Tensor Hidden, Tensor Cell)[] states)
    {
        Tensor? x = null;
        for (var k = 0; k < _layers; k++)
        {
            var i = _which.IsMultiScale ? _layers - 1 - k : k;
            if (x is not null && _which.IsMultiScale)
                x = nn.functional.leaky_relu(nn.functional.conv_transpose2d(x, _weights[$"up.{i}.weight"], _weights[$"up.{i}.bias"],
                    [2, 2], [1, 1]), Slope);
            states[i] = Step($"forecaster.{i}", x, states[i]);
            x = states[i].Hidden;
        }
        if (!_which.IsMultiScale)
            x = cat([.. states.Select(state => state.Hidden)], 1);
        return nn.functional.pixel_shuffle(nn.functional.conv2d(x!, _weights["head.weight"], _weights["head.bias"]), _which.Network.Patch);
    }

    private (Tensor Hidden, Tensor Cell) Step(string cell, Tensor? x, (Tensor Hidden, Tensor Cell) state)
    {
        var weight = _weights[cell];
        var padding = weight.shape[2] / 2;
        var gates = nn.functional.conv2d(x is null ? state.Hidden : cat([x, state.Hidden], 1), weight, _weights[cell + ".bias"],
            padding: [padding, padding]);
        var parts = gates.chunk(4, 1);
        var made = (parts[1].sigmoid() * state.Cell) + (parts[0].sigmoid() * parts[2].tanh());
        return (parts[3].sigmoid() * made.tanh(), made);
    }

    private int Scale(int layer) => _which.Network.Patch * (_which.IsMultiScale ? 1 << layer : 1);

    private static (Tensor Hidden, Tensor Cell) Zeros(long batch, long channels, long height, long width, Device device) =>
        (zeros([batch, channels, height, width], device: device), zeros([batch, channels, height, width], device: device));

    private static Parameter Leaf(Tensor weight) => nn.Parameter(weight.detach().clone().DetachFromDisposeScope());
}
