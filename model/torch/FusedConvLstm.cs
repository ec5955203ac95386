using ConvLstm.Nowcast.Torch.Interop;

namespace ConvLstm.Nowcast.Torch;

/// <summary>
/// The operator of <c>native/convlstm.cpp</c>: a ConvLSTM layer over all its steps, input convolutions batched over
/// time, the gates in one pass, its gradient by hand. Not part of TorchSharp: where there is no such operator, the
/// caller has plain ones.
/// </summary>
public static class FusedConvLstm
{
    /// <summary>Whether the operator works on the type and device of this weight, with tanh or ReLU for candidate and cell.</summary>
    public static bool Takes(torch.Tensor weight, bool relu)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return weight.dtype is ScalarType.Float32 or ScalarType.Float64 && (!relu || weight.device.type == DeviceType.CPU);
    }

    /// <param name="inputs">(steps·N, in, H, W), time first, or null.</param>
    /// <param name="hidden">(N, C, H, W) before the first step, or null for zeros.</param>
    /// <param name="cell">As <paramref name="hidden"/>, null together with it.</param>
    /// <param name="inputWeight">(4C, in, k, k), gates in the order i, f, c, o; null where there are no inputs.</param>
    /// <param name="stateWeight">(4C, C, k, k).</param>
    /// <param name="bias">(4C).</param>
    /// <param name="steps">How many.</param>
    /// <param name="recompute">Whether the backward pass computes the gates again instead of keeping them.</param>
    /// <param name="relu">Whether candidate and cell go through ReLU instead of tanh.</param>
    /// <returns>Hidden states (steps·N, C, H, W), the last one (N, C, H, W), the last cell state; channels last.</returns>
    /// <exception cref="TorchException">The shapes do not fit.</exception>
    public static (torch.Tensor Hidden, torch.Tensor LastHidden, torch.Tensor LastCell) Unroll(
        torch.Tensor? inputs, torch.Tensor? hidden, torch.Tensor? cell, torch.Tensor? inputWeight, torch.Tensor stateWeight, torch.Tensor? bias,
        long steps, bool recompute, bool relu)
    {
        var results = Operator.CallMany("nowcast::convlstm", inputs, hidden, cell, inputWeight, stateWeight, bias, steps, recompute, relu);
        return (results[0]!, results[1]!, results[2]!);
    }
}
