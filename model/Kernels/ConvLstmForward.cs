namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>
/// A ConvLSTM layer over all its steps: the convolutions of input and state are one, and the gates follow each row of pixels while it is
/// in the cache.
/// </summary>
internal static unsafe class ConvLstmForward
{
    /// <param name="layer">What it starts from.</param>
    /// <param name="keep">Whether a backward pass follows.</param>
    internal static ConvLstmStates Run(ConvLstmArguments layer, bool keep) =>
        (layer.Settings.Options.Instructions, layer.Settings.Relu) switch
        {
            (InstructionSet.Avx512, false) => Run<Floats16, TanhActivation>(layer, keep),
            (InstructionSet.Avx512, true) => Run<Floats16, ReluActivation>(layer, keep),
            (InstructionSet.Avx2, false) => Run<Floats8, TanhActivation>(layer, keep),
            (InstructionSet.Avx2, true) => Run<Floats8, ReluActivation>(layer, keep),
            (_, false) => Run<Float1, TanhActivation>(layer, keep),
            (_, true) => Run<Float1, ReluActivation>(layer, keep),
        };

    /// <summary>One step.</summary>
    /// <param name="input">The images of the step, or none.</param>
    /// <param name="hidden">The hidden state before it, or none.</param>
    /// <param name="weights">Of state and input.</param>
    /// <param name="bias">(4C).</param>
    /// <param name="threads">At most so many.</param>
    /// <param name="before">The cell state before it, or none.</param>
    /// <param name="activated">Takes the gates, or none.</param>
    /// <param name="cell">Takes the cell state.</param>
    /// <param name="made">Takes the hidden state.</param>
    internal static void Step<V, TActivation>(
        Images input, Images hidden, WinogradWeights<V> weights, float* bias, int threads, Images before, Images activated, Images cell,
            Images made)
        where V : unmanaged, IFloats<V>
        where TActivation : IActivation
    {
        Images[] parts = hidden.IsEmpty ? [input] : input.IsEmpty ? [hidden] : [hidden, input];
        WinogradConvolution.Run(parts, weights, bias, threads, (first, count, gates) => ConvLstmGates.Forward<V, TActivation>(
            count, cell.Channels, gates, before.Pixel(first), activated.Pixel(first), cell.Pixel(first), made.Pixel(first)));
    }

    private static ConvLstmStates Run<V, TActivation>(ConvLstmArguments layer, bool keep)
        where V : unmanaged, IFloats<V>
        where TActivation : IActivation
    {
        int steps = layer.Steps, batch = layer.Batch, started = layer.Started, threads = layer.Settings.Options.Threads;
        var states = new ConvLstmStates(
            layer.Empty(steps + started, layer.Channels),
            layer.Empty(keep ? steps : 1, layer.Channels),
            keep && !layer.Settings.Recompute ? layer.Empty(steps, 4 * layer.Channels) : null);
        if (layer.Hidden is not null)
            states.Hidden.narrow(0, 0, batch).copy_(layer.Hidden);
        Images input = TensorMemory.Images(layer.Input), hidden = TensorMemory.Images(states.Hidden),
            cells = TensorMemory.Images(states.Cells);
        Images activated = TensorMemory.Images(states.Activated), start = TensorMemory.Images(layer.Cell);
        using var weights = WinogradWeights<V>.Forward(layer.Weight, threads);
        for (var t = 0; t < steps; t++)
        {
            var before = t == 0 ? start : cells.Step(keep ? t - 1 : 0, batch);
            var known = t + started > 0 ? hidden.Step(t + started - 1, batch) : default;
            Step<V, TActivation>(
                input.Step(t, batch), known, weights, TensorMemory.Data(layer.Bias), threads,
                before, activated.Step(t, batch), cells.Step(keep ? t : 0, batch), hidden.Step(t + started, batch));
        }
        return states;
    }
}
