namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>
/// A ConvLSTM layer with 3×3 kernels over all its steps, in float32 on the CPU (Shi et al. 2015, equation 3, without peepholes).
/// </summary>
internal static class ConvLstmKernel
{
    private const int Side = 3;

    /// <summary>
    /// Whether it takes layers with such weights. Without AVX2 its loops would go one float at a time: then operators do it.
    /// </summary>
    internal static bool Takes(Tensor stateWeight) =>
        InstructionSets.Best != InstructionSet.Scalar && stateWeight.dtype == ScalarType.Float32 &&
        stateWeight.device_type == DeviceType.CPU &&
        stateWeight.shape[2] == Side && stateWeight.shape[3] == Side;

    /// <param name="input">(steps·N, in, H, W), time first, or null.</param>
    /// <param name="hidden">(N, C, H, W) before the first step, or null for zeros.</param>
    /// <param name="cell">As <paramref name="hidden"/>, null together with it.</param>
    /// <param name="inputWeight">(4C, in, 3, 3), gates in the order i, f, c, o; null where there is no input.</param>
    /// <param name="stateWeight">(4C, C, 3, 3).</param>
    /// <param name="bias">(4C).</param>
    /// <param name="settings">Steps, activation, what is kept for the backward pass.</param>
    /// <returns>The hidden states (steps·N, C, H, W), the last of them and the last cell state, each (N, C, H, W); channels
    /// last.</returns>
    /// <exception cref="ArgumentException">The shapes or types do not fit.</exception>
    internal static (Tensor Hidden, Tensor LastHidden, Tensor LastCell) Unroll(
        Tensor? input, Tensor? hidden, Tensor? cell, Tensor? inputWeight, Tensor stateWeight, Tensor bias, ConvLstmSettings settings)
    {
        Check(input, hidden, cell, inputWeight, stateWeight, bias, settings.Steps);
        using var scope = NewDisposeScope();
        Tensor?[] tensors = [Images(input), Images(hidden), Images(cell), input is null ? null : inputWeight, stateWeight, bias];
        var gradients = is_grad_enabled() && tensors.Any(t => t is { requires_grad: true });
        var made = gradients
            ? ConvLstmFunction.apply([.. tensors!, settings])
            : ConvLstmFunction.Direct(tensors, settings);
        return (Result(made[0]), Result(made[1]), Result(made[2]));
    }

    private static Tensor? Images(Tensor? tensor) => tensor is null ? null : TensorMemory.ChannelsLast(tensor);

    private static Tensor Result(Tensor images) => TensorMemory.ChannelsFirst(images).MoveToOuterDisposeScope();

    private static void Check(Tensor? input, Tensor? hidden, Tensor? cell, Tensor? inputWeight, Tensor stateWeight, Tensor bias, int steps)
    {
        var channels = stateWeight.shape[1];
        if (steps < 1)
            throw new ArgumentOutOfRangeException(nameof(steps), steps, "A ConvLSTM makes at least one step.");
        if (input is null && hidden is null)
            throw new ArgumentException("A ConvLSTM needs an input, or a state to start from.", nameof(input));
        if (hidden is null != cell is null)
            throw new ArgumentException("A ConvLSTM starts from hidden and cell state, or from neither.", nameof(cell));
        if (input is not null && input.shape[0] % steps != 0)
            throw new ArgumentException($"The input holds {input.shape[0]} images, which are not {steps} steps of one batch.",
                nameof(input));
        Expect(stateWeight, nameof(stateWeight), 4 * channels, channels, Side, Side);
        Expect(bias, nameof(bias), 4 * channels);
        var like = (input ?? hidden)!.shape;
        var batch = hidden?.shape[0] ?? (like[0] / steps);
        if (input is not null)
        {
            Expect(input, nameof(input), steps * batch, like[1], like[2], like[3]);
            Expect(inputWeight ?? throw new ArgumentNullException(nameof(inputWeight)), nameof(inputWeight), 4 * channels, like[1], Side,
                Side);
        }
        if (hidden is not null && cell is not null)
        {
            Expect(hidden, nameof(hidden), batch, channels, like[2], like[3]);
            Expect(cell, nameof(cell), batch, channels, like[2], like[3]);
        }
    }

    private static void Expect(Tensor tensor, string name, params long[] shape)
    {
        if (!tensor.shape.SequenceEqual(shape))
            throw new ArgumentException($"{name} is ({string.Join(", ", tensor.shape)}), not ({string.Join(", ", shape)}).", name);
        if (tensor.dtype != ScalarType.Float32 || tensor.device_type != DeviceType.CPU)
            throw new ArgumentException($"{name} is {tensor.dtype} on {tensor.device_type}, not float32 on the CPU.", name);
    }
}
