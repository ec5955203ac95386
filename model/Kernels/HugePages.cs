using System.Runtime.InteropServices;
using Aligned = System.Runtime.InteropServices.NativeMemory;

namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>
/// Large blocks in pages of 2 MiB where the system has them: a transform that steps through many small pages waits for their addresses.
/// </summary>
internal static unsafe partial class HugePages
{
    private const nuint Page = 1 << 21;

    // madvise(2): MADV_HUGEPAGE.
    private const int AdviseHugePage = 14;

    /// <summary>Whatever was left there, at the beginning of a cache line.</summary>
    internal static float* Allocate(nint floats)
    {
        var bytes = (nuint)floats * sizeof(float);
        if (bytes < Page)
            return (float*)Aligned.AlignedAlloc(bytes, 64);
        bytes = (bytes + Page - 1) / Page * Page;
        var block = Aligned.AlignedAlloc(bytes, Page);
        // Advice only: without huge pages it is memory as any other.
        if (OperatingSystem.IsLinux())
            _ = madvise(block, bytes, AdviseHugePage);
        return (float*)block;
    }

    internal static void Free(float* block) => Aligned.AlignedFree(block);

    [LibraryImport("libc")]
    private static partial int madvise(void* address, nuint length, int advice);
}
