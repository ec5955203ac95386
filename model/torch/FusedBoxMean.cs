using ConvLstm.Nowcast.Torch.Interop;

namespace ConvLstm.Nowcast.Torch;

/// <summary>
/// The operator of <c>native/box_mean.cpp</c>: means over boxes of the observed pixels. Not part of TorchSharp: where there is no such
/// operator, the caller has plain ones.
/// </summary>
public static class FusedBoxMean
{
    /// <summary>Whether the operator works on the type and device of these images, now: it has no gradient.</summary>
    public static bool Takes(torch.Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        return !torch.is_grad_enabled() && images.dtype == ScalarType.Float32 && images.device.type == DeviceType.CPU;
    }

    /// <param name="images">(N, C, H, W).</param>
    /// <param name="mask">(N, 1, H, W), 1 where observed.</param>
    /// <param name="radius">Pixels on each side, above 0; boxes are summed at every second part of it and interpolated between.</param>
    /// <returns>(N, C, H, W), 0 where nothing was observed in the box.</returns>
    /// <exception cref="TorchException">The shapes do not fit.</exception>
    public static torch.Tensor Mean(torch.Tensor images, torch.Tensor mask, long radius) => Operator.Call("nowcast::box_mean", images, mask, radius);
}
