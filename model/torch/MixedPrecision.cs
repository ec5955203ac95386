using ConvLstm.Nowcast.Torch.Interop;

namespace ConvLstm.Nowcast.Torch;

/// <summary>
/// Convolutions and matrix products in bfloat16 until it is disposed, in the thread that made it; weights, states and what is
/// added up stay in float32 (Micikevicius et al. 2018, "Mixed precision training"; Kalamkar et al. 2019 for bfloat16, which needs
/// no scaling of the loss). Where it is off, the same operators run in float32. Not part of TorchSharp, which has no autocast.
/// </summary>
public sealed class MixedPrecision : IDisposable
{
    private readonly DeviceType device;
    private readonly int before;

    /// <param name="device">The device whose operators are meant.</param>
    /// <param name="on">Whether they shall run in bfloat16; null where the device gains by it.</param>
    public MixedPrecision(torch.Device device, bool? on = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        this.device = device.type;
        IsOn = on ?? Gains(device);
        before = Set(IsOn ? 1 : 0);
    }

    /// <summary>Whether operators run in bfloat16.</summary>
    public bool IsOn { get; }

    /// <summary>
    /// A GPU whose tensor cores take bfloat16. On the CPU Winograd's convolutions in float32 make a quarter of the products, which is
    /// more than instructions for bfloat16 save.
    /// </summary>
    public static unsafe bool Gains(torch.Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.type != DeviceType.CUDA)
            return false;
        int supported;
        Native.Check(Native.ct_cuda_bfloat16(&supported));
        return supported != 0;
    }

    public void Dispose() => Set(before);

    private unsafe int Set(int on)
    {
        int was;
        Native.Check(Native.ct_set_autocast((int)device, on, &was));
        return was;
    }
}
