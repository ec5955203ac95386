namespace ConvLstm.Nowcast.Torch;

/// <summary>TorchSharp 0.107 has no autocast: all operators run in the type of their tensors, and asking for less says so.</summary>
public sealed class MixedPrecision : IDisposable
{
    /// <param name="device">The device whose operators are meant.</param>
    /// <param name="on">Whether they shall run in bfloat16; null where the device gains by it.</param>
    /// <exception cref="NotSupportedException">It was asked for.</exception>
    public MixedPrecision(Device device, bool? on = null)
    {
        if (on == true)
            throw new NotSupportedException("Mixed precision needs the libtorch binding: build with -p:TorchBackend=Libtorch, or leave it off.");
    }

    /// <summary>Whether operators run in bfloat16: never.</summary>
    public bool IsOn => false;

    /// <summary>Nothing gains by what is not there.</summary>
    public static bool Gains(Device device) => false;

    public void Dispose()
    {
        // Nothing was set.
    }
}
