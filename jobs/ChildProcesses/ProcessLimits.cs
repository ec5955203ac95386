using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Jobs.ChildProcesses;

/// <summary>Limits that the kernel holds a process to, setrlimit(2).</summary>
internal static partial class ProcessLimits
{
    // bits/resource.h of Linux
    private const int Data = 2;
    private const int Core = 4;

    /// <summary>
    /// Private writable memory (RLIMIT_DATA, since Linux 4.7 with what malloc and the garbage collector map), and no core dumps. Not the
    /// address space, of which the collector reserves far more than it uses.
    /// </summary>
    /// <exception cref="InvalidOperationException">The kernel refuses.</exception>
    internal static void Apply(long memoryBytes)
    {
        if (!OperatingSystem.IsLinux())
            return;
        Set(Data, (nuint)memoryBytes);
        Set(Core, 0);
    }

    private static void Set(int resource, nuint limit)
    {
        var both = new Limit(limit, limit);
        if (setrlimit(resource, in both) != 0)
            throw new InvalidOperationException($"setrlimit({resource}, {limit}) failed with error {Marshal.GetLastPInvokeError()}.");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setrlimit(int resource, in Limit limit);

    private readonly record struct Limit(nuint Soft, nuint Hard);
}
