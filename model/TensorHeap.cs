using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Model;

/// <summary>
/// How the C library keeps the memory of tensors on the CPU. A network asks for the same large blocks in every step; by default they go
/// back to the system each time, and touching fresh pages then costs more than the arithmetic on them. Here freed blocks stay for the
/// next step, in huge pages where the system has them, until
/// <see cref="Release"/>.
/// </summary>
public static unsafe partial class TensorHeap
{
    // mallopt(3): M_TRIM_THRESHOLD, M_MMAP_MAX.
    private const int TrimThreshold = -1, MappedBlocks = -4;

    // madvise(2): MADV_HUGEPAGE.
    private const int AdviseHugePage = 14;

    private const nuint HugePage = 1 << 21;

    /// <summary>Does nothing where the C library is not glibc.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The first tensor is made by whoever touches it.")]
    internal static void Keep()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libc.so.6", out var library)
            || !NativeLibrary.TryGetExport(library, nameof(mallopt), out _))
            return;
        // The heap takes blocks of all sizes and keeps them. Threads other than the main one may have heaps of their own, which do not:
        // only MALLOC_ARENA_MAX=1 in the environment prevents that, as the runtime has threads before this is asked for.
        _ = mallopt(MappedBlocks, 0);
        // −1: never.
        _ = mallopt(TrimThreshold, -1);
        Reserve();
    }

    /// <summary>
    /// Gives freed blocks back to the system: for a service that has trained and goes on to wait, and before a smaller batch.
    /// </summary>
    public static void Release()
    {
        if (!OperatingSystem.IsLinux())
            return;
        _ = malloc_trim(0);
        Reserve();
    }

    /// <summary>
    /// The heap grows at once to as much as the machine has, in addresses only: pages are there once they are touched, and then they are
    /// huge ones.
    /// </summary>
    private static void Reserve()
    {
        var bytes = (nuint)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
        var block = malloc(bytes);
        // Without it there are small pages, no more.
        if (block == 0)
            return;
        var start = ((nuint)block + HugePage - 1) / HugePage * HugePage;
        _ = madvise((void*)start, bytes - HugePage - (bytes % HugePage), AdviseHugePage);
        free(block);
    }

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint pad);

    [LibraryImport("libc")]
    private static partial nint malloc(nuint size);

    [LibraryImport("libc")]
    private static partial void free(nint block);

    [LibraryImport("libc")]
    private static partial int madvise(void* address, nuint length, int advice);
}
