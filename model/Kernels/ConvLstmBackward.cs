namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>Gradients of a ConvLSTM layer; null where none was wanted. Images channels last.</summary>
internal sealed record ConvLstmGradients(Tensor? Input, Tensor? Hidden, Tensor? Cell, Tensor Weight, Tensor Bias);

/// <summary>
/// Backpropagation through time by hand (Werbos 1990), from the last step to the first. The gradients of the gates of a step go back to
/// input and state in one convolution, and the step before takes them on while they are in the cache; so only those of two steps are in
/// memory at once.
/// </summary>
internal static unsafe class ConvLstmBackward
{
    /// <param name="layer">What the layer started from.</param>
    /// <param name="states">What it went through.</param>
    /// <param name="above">Gradient of all hidden states, (steps·N, H, W, C), or null.</param>
    /// <param name="lastHidden">Gradient of the last one on its own, or null.</param>
    /// <param name="lastCell">Gradient of the last cell state, or null.</param>
    /// <param name="needInput">Whether the gradient of the input is wanted.</param>
    /// <param name="needHidden">Whether that of the state before the first step is.</param>
    internal static ConvLstmGradients Run(
        ConvLstmArguments layer, ConvLstmStates states, Tensor? above, Tensor? lastHidden, Tensor? lastCell,
        bool needInput, bool needHidden)
    {
        return (layer.Settings.Options.Instructions, layer.Settings.Relu) switch
        {
            (InstructionSet.Avx512, false) => Of<Floats16, TanhActivation>(),
            (InstructionSet.Avx512, true) => Of<Floats16, ReluActivation>(),
            (InstructionSet.Avx2, false) => Of<Floats8, TanhActivation>(),
            (InstructionSet.Avx2, true) => Of<Floats8, ReluActivation>(),
            (_, false) => Of<Float1, TanhActivation>(),
            (_, true) => Of<Float1, ReluActivation>(),
        };

        ConvLstmGradients Of<V, TActivation>()
            where V : unmanaged, IFloats<V>
            where TActivation : IActivation =>
            new Pass<V, TActivation>(layer, states, above, needInput, needHidden).Run(lastHidden, lastCell);
    }

    private sealed class Pass<V, TActivation>(
        ConvLstmArguments layer, ConvLstmStates states, Tensor? above, bool needInput, bool needHidden)
        where V : unmanaged, IFloats<V>
        where TActivation : IActivation
    {
        private readonly int _batch = layer.Batch, _started = layer.Started, _threads = layer.Settings.Options.Threads;
        private readonly Images _input = TensorMemory.Images(layer.Input), _start = TensorMemory.Images(layer.Cell),
            _above = TensorMemory.Images(above);
        private readonly Images _hidden = TensorMemory.Images(states.Hidden), _cells = TensorMemory.Images(states.Cells);
        private readonly Images _activated = TensorMemory.Images(states.Activated);
        private readonly Tensor _gates = layer.Empty(2, 4 * layer.Channels), _cellGradient = layer.Empty(1, layer.Channels);
        private readonly Tensor? _inputGradient = needInput ? empty_like(layer.Input!) : null;
        private readonly Tensor? _hiddenGradient = needHidden ? layer.Empty(1, layer.Channels) : null;
        private readonly Tensor? _unused = states.Activated is null ? layer.Empty(1, layer.Channels) : null;

        internal ConvLstmGradients Run(Tensor? lastHidden, Tensor? lastCell)
        {
            using var forward = states.Activated is null ? WinogradWeights<V>.Forward(layer.Weight, _threads) : null;
            var led = needInput ? layer.Weight : layer.Weight.narrow(1, 0, layer.Channels).contiguous();
            using var backward = WinogradWeights<V>.Backward(led, _threads);
            var tiles = (_cells.Height + 3L) / 4 * ((_cells.Width + 3L) / 4) * _cells.Count;
            using var weights = new WinogradWeightGradient<V>((int)layer.Weight.shape[1], 4 * layer.Channels, tiles, _threads);
            Recompute(layer.Steps - 1, forward);
            Last(TensorMemory.Images(lastHidden), TensorMemory.Images(lastCell));
            for (var t = layer.Steps - 1; t >= 0; t--)
            {
                if (t > 0)
                    Recompute(t - 1, forward);
                if (t > 0 || needInput || needHidden)
                    Back(t, backward);
                weights.Add(Parts(t), Gates(t));
            }
            Tensor weight = empty_like(layer.Weight), bias = empty_like(layer.Bias);
            weights.Store(TensorMemory.Data(weight), TensorMemory.Data(bias));
            return new(_inputGradient, _hiddenGradient, layer.Cell is null ? null : _cellGradient, weight, bias);
        }

        private Images Gates(int t) => TensorMemory.Images(_gates).Step(t & 1, _batch);

        private Images HiddenBefore(int t) => t + _started > 0 ? _hidden.Step(t + _started - 1, _batch) : default;

        private Images CellBefore(int t) => t == 0 ? _start : _cells.Step(t - 1, _batch);

        private Images[] Parts(int t) => HiddenBefore(t) is { IsEmpty: false } hidden
            ? _input.IsEmpty ? [hidden] : [hidden, _input.Step(t, _batch)]
            : [_input.Step(t, _batch)];

        /// <summary>Gates that were not kept are made again where their gradient will stand.</summary>
        private void Recompute(int t, WinogradWeights<V>? weights)
        {
            if (weights is null)
                return;
            var unused = TensorMemory.Images(_unused);
            // The cell state of before is read pixel by pixel, the one that is made is not wanted.
            ConvLstmForward.Step<V, TActivation>(
                _input.Step(t, _batch), HiddenBefore(t), weights, TensorMemory.Data(layer.Bias), _threads, CellBefore(t), Gates(t),
                    unused, unused);
        }

        /// <summary>The last step: its states have gradients of their own and none from a step after.</summary>
        private void Last(Images hidden, Images cell)
        {
            var pixels = _cells.Pixels / layer.Steps;
            var pieces = 4 * _threads;
            WorkerThreads.Run(pieces, _threads, piece =>
            {
                nint from = pixels * piece / pieces, to = pixels * (piece + 1) / pieces;
                Step(layer.Steps - 1, from, to - from, hidden.Pixel(from), layer.Channels, cell.Pixel(from));
            });
        }

        private void Back(int t, WinogradWeights<V> weights)
        {
            var cellGradient = TensorMemory.Images(_cellGradient);
            Images input = TensorMemory.Images(_inputGradient).Step(t, _batch), hidden = TensorMemory.Images(_hiddenGradient);
            WinogradConvolution.Run([Gates(t)], weights, null, _threads, (first, count, values) =>
            {
                if (!input.IsEmpty)
                    Copy(values + layer.Channels, weights.Outputs, input, first, count);
                if (t > 0)
                    Step(t - 1, first, count, values, weights.Outputs, cellGradient.Pixel(first));
                else if (!hidden.IsEmpty)
                    Copy(values, weights.Outputs, hidden, first, count);
            });
        }

        private void Step(int t, nint first, nint count, float* next, nint nextStride, float* cellNext)
        {
            var gates = Gates(t);
            var activated = _activated.IsEmpty ? gates : _activated.Step(t, _batch);
            ConvLstmGates.Backward<V, TActivation>(
                count, layer.Channels, activated.Pixel(first), CellBefore(t).Pixel(first), _cells.Step(t, _batch).Pixel(first),
                    _above.Step(t, _batch).Pixel(first),
                next, nextStride, cellNext, gates.Pixel(first), TensorMemory.Images(_cellGradient).Pixel(first));
        }

        private static void Copy(float* from, nint stride, Images to, nint first, nint count)
        {
            for (var target = to.Pixel(first); count > 0; count--, from += stride, target += to.Channels)
                new Span<float>(from, to.Channels).CopyTo(new(target, to.Channels));
        }
    }
}
