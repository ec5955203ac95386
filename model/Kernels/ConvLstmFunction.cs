namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>
/// A ConvLSTM layer over all steps as one function of autograd with a gradient of its own. Arguments: input, hidden and cell state
/// (channels last, or null), weights of input (or null) and state, bias, <see cref="ConvLstmSettings"/>.
/// </summary>
internal sealed class ConvLstmFunction : autograd.MultiTensorFunction<ConvLstmFunction>
{
    private const string Settings = "settings", Needs = "needs";

    public override string Name => nameof(ConvLstmFunction);

    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var inputs = vars.Take(6).Select(v => (Tensor?)v).ToArray();
        var settings = (ConvLstmSettings)vars[6];
        var layer = Layer(inputs, settings);
        var states = ConvLstmForward.Run(layer, keep: true);
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([.. inputs!, states.Hidden, states.Cells, states.Activated!]);
        ctx.save_data(Settings, settings);
        ctx.save_data(Needs, inputs.Select(t => t is { requires_grad: true }).ToArray());
        return [All(states.Hidden, layer), Last(states.Hidden, layer.Batch), Last(states.Cells, layer.Batch)];
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs) =>
        Backpropagation.Guarded(7, grad_outputs, () =>
    {
        if (is_grad_enabled())
            throw new NotSupportedException("The ConvLSTM kernel has no second derivative: set ConvLstmCell.Fused to false for it.");
        var saved = ctx.get_saved_variables();
        var needs = (bool[])ctx.get_data(Needs);
        var layer = Layer([.. saved.Take(6)], (ConvLstmSettings)ctx.get_data(Settings));
        var gradients = ConvLstmBackward.Run(
            layer, new(saved[6], saved[7], saved[8]), Dense(grad_outputs[0]), Dense(grad_outputs[1]), Dense(grad_outputs[2]), needs[0],
                needs[1]);
        var weight = gradients.Weight;
        return
        [
            gradients.Input, gradients.Hidden, needs[2] ? gradients.Cell : null,
            needs[3] ? weight.narrow(1, layer.Channels, weight.shape[1] - layer.Channels).contiguous() : null,
            needs[4] ? weight.narrow(1, 0, layer.Channels).contiguous() : null,
            needs[5] ? gradients.Bias : null, null,
        ];
    });

    /// <summary>The same without gradients and without what they need; results as of <see cref="forward"/>.</summary>
    internal static List<Tensor> Direct(Tensor?[] inputs, ConvLstmSettings settings)
    {
        var layer = Layer(inputs, settings);
        var states = ConvLstmForward.Run(layer, keep: false);
        return [All(states.Hidden, layer), Last(states.Hidden, layer.Batch), states.Cells];
    }

    private static ConvLstmArguments Layer(Tensor?[] t, ConvLstmSettings settings) =>
        new(t[0], t[1], t[2], ConvLstmArguments.Joined(t[4]!, t[0] is null ? null : t[3]), t[5]!, settings);

    private static Tensor All(Tensor hidden, ConvLstmArguments layer) =>
        hidden.narrow(0, layer.Started * layer.Batch, layer.Steps * layer.Batch);

    private static Tensor Last(Tensor states, int batch) => states.narrow(0, states.shape[0] - batch, batch);

    private static Tensor? Dense(Tensor gradient) => gradient is null || gradient.IsInvalid ? null : gradient.contiguous();
}
