using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Jobs.Feed.Confinement;

/// <summary>
/// Starts this program anew in a confinement that holds for all of its threads: of files it may read the system's libraries and its own,
/// and write to the temporary folder that it was given; it has no network. A thread can only confine itself and what it executes, and the
/// runtime has threads before the first line of ours: hence the second start.
/// </summary>
internal static partial class ConfinedProcess
{
    // linux/prctl.h
    private const int SetNoNewPrivileges = 38;

    // What the runtime and the libraries read at their start; of processes outside a Landlock /proc gives away neither memory nor
    // environment.
    private static readonly string[] System =
    [
        "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/dotnet", "/etc/localtime",
        "/proc", "/sys/fs/cgroup", "/sys/devices/system", "/sys/kernel/mm",
    ];

    private static readonly string[] Devices = ["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"];

    /// <summary>What this kernel can do of it, in words.</summary>
    internal static string Describe() => Landlock.Version > 0
        ? $"decoders read only their file: Landlock {Landlock.Version} and a filter of system calls"
        : "decoders have an empty environment and a filter of system calls; this kernel has no Landlock to keep them from other files";

    /// <summary>Replaces this process; returns only where the kernel has no Landlock, with what can be had without.</summary>
    /// <param name="arguments">Of the new start.</param>
    /// <exception cref="InvalidOperationException">The kernel refuses.</exception>
    internal static void Restart(IReadOnlyList<string> arguments)
    {
        if (!OperatingSystem.IsLinux())
            return;
        if (prctl(SetNoNewPrivileges, 1, 0, 0, 0) != 0)
            throw new InvalidOperationException($"prctl failed with error {Marshal.GetLastPInvokeError()}.");
        GiveUpCapabilities();
        using var landlock = Landlock.Create();
        _ = SystemCallFilter.Enforce();
        if (landlock is null)
            return;
        foreach (var path in System.Concat(OwnFolders()))
            landlock.AllowReading(path);
        foreach (var path in Devices.Append(Path.GetTempPath()))
            landlock.AllowAll(path);
        var program = Environment.ProcessPath!;
        // Under the host "dotnet" the program is its first argument.
        string[] start = Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? [program, typeof(ConfinedProcess).Assembly.Location, .. arguments]
            : [program, .. arguments];
        landlock.Enforce();
        Execute(program, start);
    }

    // Those of root: CAP_PERFMON alone reads the memory and the environment of every process, past Landlock. Without new privileges they
    // do not come back.
    private static unsafe void GiveUpCapabilities()
    {
        // linux/capability.h: the third version, of this thread; nothing effective, permitted or inheritable in 64 bits.
        var header = stackalloc uint[] { 0x20080522, 0 };
        var none = stackalloc uint[] { 0, 0, 0, 0, 0, 0 };
        if (capset(header, none) != 0)
            throw new InvalidOperationException($"capset failed with error {Marshal.GetLastPInvokeError()}.");
    }

    private static IEnumerable<string> OwnFolders()
    {
        yield return AppContext.BaseDirectory;
        yield return Path.GetDirectoryName(Environment.ProcessPath)!;
        // …/shared/Microsoft.NETCore.App/VERSION/ of the runtime's folder
        yield return Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        foreach (var library in DecoderEnvironment.Libraries)
        {
            if (Environment.GetEnvironmentVariable(library) is { Length: > 0 } path)
                yield return Path.GetDirectoryName(Path.GetFullPath(path))!;
        }
        foreach (var folders in DecoderEnvironment.Folders)
        {
            foreach (var folder in (Environment.GetEnvironmentVariable(folders) ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
                yield return folder;
        }
    }

    private static unsafe void Execute(string program, string[] arguments)
    {
        var (path, last) = (Marshal.StringToCoTaskMemUTF8(program), arguments.Length);
        var values = stackalloc nint[last + 1];
        for (var i = 0; i < last; i++)
            values[i] = Marshal.StringToCoTaskMemUTF8(arguments[i]);
        values[last] = 0;
        // Nothing to be freed: the memory goes with the old process.
        _ = execv(path, (nint)values);
        throw new InvalidOperationException($"{program} cannot be executed in its confinement, error {Marshal.GetLastPInvokeError()}.");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int capset(uint* header, uint* data);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int execv(nint path, nint arguments);
}
