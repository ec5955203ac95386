namespace ConvLstm.Nowcast.Bench.ConvLstm;

/// <summary>A GPU works on after the call returns.</summary>
internal static class Wait
{
    internal static void For(Device device)
    {
        if (device.type == DeviceType.CUDA)
            cuda.synchronize(device);
    }
}
