using ConvLstm.Nowcast.Torch.Interop;

namespace ConvLstm.Nowcast.Torch;

/// <summary>
/// The memory of tensors on the CPU, in bytes. Freed blocks from 128 KiB are kept for the next step
/// (<c>native/memory.cpp</c>).
/// </summary>
/// <param name="InUse">Held by tensors.</param>
/// <param name="Cached">Kept for tensors to come.</param>
/// <param name="Peak">The most that tensors held in such blocks since the start or the last <see cref="Release"/>.</param>
public readonly record struct CpuMemory(long InUse, long Cached, long Peak)
{
    public static unsafe CpuMemory Now()
    {
        long inUse, cached, peak;
        Native.Check(Native.ct_cpu_memory(&inUse, &cached, &peak));
        return new(inUse, cached, peak);
    }

    /// <summary>Gives what is kept back to the system: for a service that has trained and goes on to wait.</summary>
    public static void Release() => Native.Check(Native.ct_empty_cache());
}
