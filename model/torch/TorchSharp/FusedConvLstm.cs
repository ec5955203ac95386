namespace ConvLstm.Nowcast.Torch;

/// <summary>TorchSharp has no operator of ours: it takes nothing, and the caller's plain operators do the work.</summary>
public static class FusedConvLstm
{
    /// <summary>Never.</summary>
    public static bool Takes(Tensor weight, bool relu) => false;

    /// <exception cref="NotSupportedException">Always; ask <see cref="Takes"/> first.</exception>
    public static (Tensor Hidden, Tensor LastHidden, Tensor LastCell) Unroll(
        Tensor? inputs, Tensor? hidden, Tensor? cell, Tensor? inputWeight, Tensor stateWeight, Tensor? bias, long steps, bool recompute, bool relu) =>
        throw new NotSupportedException("TorchSharp has no fused ConvLSTM: unroll it in plain operators.");
}
