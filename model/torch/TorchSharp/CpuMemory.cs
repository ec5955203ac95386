namespace ConvLstm.Nowcast.Torch;

/// <summary>The memory of tensors on the CPU, in bytes. TorchSharp's libtorch keeps no freed blocks and counts none, so that all is 0.</summary>
/// <param name="InUse">Held by tensors.</param>
/// <param name="Cached">Kept for tensors to come.</param>
/// <param name="Peak">The most that was held.</param>
public readonly record struct CpuMemory(long InUse, long Cached, long Peak)
{
    public static CpuMemory Now() => default;

    /// <summary>There is nothing to give back.</summary>
    public static void Release()
    {
        // The allocator of libtorch frees at once.
    }
}
