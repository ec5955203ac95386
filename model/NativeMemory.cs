using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Model;

/// <summary>The memory of the C library, from which libtorch takes that of its tensors.</summary>
public static partial class NativeMemory
{
    /// <summary>Gives freed blocks back to the system: for a service that has trained and goes on to wait, and for smaller batches.</summary>
    public static void Release() => _ = malloc_trim(0);

    // https://man7.org/linux/man-pages/man3/malloc_trim.3.html
    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint pad);
}
