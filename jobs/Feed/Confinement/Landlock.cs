using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Jobs.Feed.Confinement;

/// <summary>
/// What the thread and all that it executes may do with files, <see href="https://docs.kernel.org/userspace-api/landlock.html"/>: nothing
/// but what was allowed. Reading the environment or the memory of processes outside, signals to them and TCP are refused with it, as far
/// as the kernel is new enough.
/// </summary>
internal sealed partial class Landlock : IDisposable
{
    // The numbers are the same on every architecture.
    private const nint CreateRuleset = 444, AddRule = 445, RestrictSelf = 446;
    private const nint VersionOnly = 1;
    private const nint PathBeneath = 1;

    // linux/landlock.h
    private const ulong Execute = 1, WriteFile = 1 << 1, ReadFile = 1 << 2, ReadFolder = 1 << 3, Truncate = 1 << 14, Ioctl = 1 << 15;

    // asm-generic/fcntl.h
    private const int OpenPath = 0x200000, CloseOnExec = 0x80000;

    private readonly nint _ruleset;
    private readonly ulong _all;

    private Landlock(nint ruleset, ulong all) => (_ruleset, _all) = (ruleset, all);

    /// <summary>The version of Landlock that the kernel speaks; 0 where it has none or it is switched off.</summary>
    internal static int Version { get; } = OperatingSystem.IsLinux() ? (int)Math.Max(0, syscall(CreateRuleset, 0, 0, VersionOnly, 0)) : 0;

    /// <summary>Null where the kernel has no Landlock.</summary>
    internal static unsafe Landlock? Create()
    {
        if (Version == 0)
            return null;
        var all = Version switch { 1 => 1UL << 13, 2 => 1UL << 14, < 5 => 1UL << 15, _ => 1UL << 16 } - 1;
        // Access to files; binding and connecting TCP; abstract sockets and signals.
        var handled = stackalloc ulong[] { all, 3, 3 };
        var known = Version switch { < 4 => 1, < 6 => 2, _ => 3 };
        var ruleset = syscall(CreateRuleset, (nint)handled, known * sizeof(ulong), 0, 0);
        return ruleset < 0 ? throw Failed("landlock_create_ruleset") : new(ruleset, all);
    }

    /// <summary>Programs, libraries and data: to be read and executed. What is not there needs no right.</summary>
    internal void AllowReading(string path) => Allow(path, Execute | ReadFile | ReadFolder);

    /// <summary>A folder of one's own, or a device: everything.</summary>
    internal void AllowAll(string path) => Allow(path, _all);

    /// <summary>From here on, for this thread and what it executes; there is no way back.</summary>
    internal void Enforce()
    {
        if (syscall(RestrictSelf, _ruleset, 0, 0, 0) != 0)
            throw Failed("landlock_restrict_self");
    }

    public void Dispose() => _ = close((int)_ruleset);

    private unsafe void Allow(string path, ulong access)
    {
        var at = open(path, OpenPath | CloseOnExec);
        if (at < 0)
            return;
        // A file has no entries: the rights of a folder are refused for it.
        if (!Directory.Exists(path))
            access &= Execute | WriteFile | ReadFile | Truncate | Ioctl;
        var rule = stackalloc byte[sizeof(ulong) + sizeof(int)];
        *(ulong*)rule = access & _all;
        *(int*)(rule + sizeof(ulong)) = at;
        var added = syscall(AddRule, _ruleset, PathBeneath, (nint)rule, 0);
        _ = close(at);
        if (added != 0)
            throw Failed($"landlock_add_rule for {path}");
    }

    private static InvalidOperationException Failed(string call) => new($"{call} failed with error {Marshal.GetLastPInvokeError()}.");

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
