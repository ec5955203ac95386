using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ConvLstm.Nowcast.Ingest;

/// <summary>
/// Opens files of others to read them, without waiting: a pipe would be waited for until somebody wrote to it, and a device never ends.
/// </summary>
public static partial class RegularFile
{
    // asm-generic/fcntl.h and sys/stat.h
    private const int NonBlocking = 0x800, CloseOnExec = 0x80000, NoTerminal = 0x100, NotThere = 2;
    private const int KindOffset = 28, KindMask = 0xF000, Regular = 0x8000, Folder = 0x4000, Link = 0xA000;
    private const int EmptyPath = 0x1000, LinksThemselves = 0x100, TypeWanted = 1, WorkingFolder = -100;

    // asm/fcntl.h: the one flag that differs between the machines .NET runs on.
    private static readonly int NoLinks = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm
        ? 0x8000 : 0x20000;

    /// <param name="path">The file.</param>
    /// <param name="followsLinks">False refuses a link in the place of the file.</param>
    /// <exception cref="ReportedException">It is not there, may not be read, or is no regular file.</exception>
    public static FileStream Open(string path, bool followsLinks = true)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!OperatingSystem.IsLinux())
            return UnlockedFile.Open(path);
        var descriptor = open(path, NonBlocking | CloseOnExec | NoTerminal | (followsLinks ? 0 : NoLinks));
        if (descriptor < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw new ReportedException(error == NotThere ? $"{path}: there is no such file; check the path."
                : $"{path}: it cannot be opened ({Marshal.GetPInvokeErrorMessage(error)}); check that it is a file and may be read.");
        }
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (IsRegular(handle))
            return new FileStream(handle, FileAccess.Read);
        handle.Dispose();
        throw new ReportedException($"{path}: it is no regular file but a pipe, a device or a folder; give a file.");
    }

    /// <summary>
    /// What lies there where it is no regular file (a link is one of its own kind); null where it is one, or nothing can be seen.
    /// </summary>
    public static unsafe string? OtherKind(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var found = stackalloc byte[256];
        if (!OperatingSystem.IsLinux() || statx(WorkingFolder, path, LinksThemselves, TypeWanted, found) != 0)
            return null;
        return (*(ushort*)(found + KindOffset) & KindMask) switch
        {
            Regular => null,
            Link => "a link",
            Folder => "a folder",
            _ => "a pipe, a device or a socket",
        };
    }

    private static unsafe bool IsRegular(SafeFileHandle file)
    {
        // struct statx: the mode in two bytes at 28.
        var found = stackalloc byte[256];
        return statx(file, "", EmptyPath, TypeWanted, found) == 0 && (*(ushort*)(found + KindOffset) & KindMask) == Regular;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int statx(SafeFileHandle folder, string path, int flags, uint mask, byte* found);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int statx(int folder, string path, int flags, uint mask, byte* found);
}
