namespace ConvLstm.Nowcast.Torch;

/// <summary>TorchSharp has no operator of ours: it takes nothing, and the caller's plain operators do the work.</summary>
public static class FusedBoxMean
{
    /// <summary>Never.</summary>
    public static bool Takes(Tensor images) => false;

    /// <exception cref="NotSupportedException">Always; ask <see cref="Takes"/> first.</exception>
    public static Tensor Mean(Tensor images, Tensor mask, long radius) =>
        throw new NotSupportedException("TorchSharp has no fused means over boxes: compute them in plain operators.");
}
