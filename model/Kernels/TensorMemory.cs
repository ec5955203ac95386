using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>The memory of tensors, for loops of our own. A pointer holds as long as its tensor.</summary>
internal static unsafe partial class TensorMemory
{
    /// <summary>The address of the first number. TorchSharp's own ways to it make an object a call, or stop at 2 GB.</summary>
    /// <exception cref="ArgumentException">Not float32 on the CPU without gaps.</exception>
    internal static float* Data(Tensor tensor)
    {
        if (tensor.dtype != ScalarType.Float32 || tensor.device_type != DeviceType.CPU || !tensor.is_contiguous())
            throw new ArgumentException($"A kernel needs float32 on the CPU without gaps, not {tensor.dtype} on {tensor.device_type}.",
                nameof(tensor));
        return (float*)THSTensor_data(tensor.Handle);
    }

    /// <param name="tensor">(count, height, width, channels) without gaps, or null.</param>
    internal static Images Images(Tensor? tensor)
    {
        if (tensor is null)
            return default;
        var s = tensor.shape;
        return new(Data(tensor), (int)s[0], (int)s[1], (int)s[2], (int)s[3]);
    }

    /// <summary>(N, C, H, W) to (N, H, W, C) without gaps: no copy of what is channels last.</summary>
    internal static Tensor ChannelsLast(Tensor images) => images.permute(0, 2, 3, 1).contiguous();

    /// <summary>The way back, a view.</summary>
    internal static Tensor ChannelsFirst(Tensor images) => images.permute(0, 3, 1, 2);

    [LibraryImport("LibTorchSharp")]
    private static partial nint THSTensor_data(nint tensor);
}
