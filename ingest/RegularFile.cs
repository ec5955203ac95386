using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ConvLstm.Nowcast.Ingest;

/// <summary>
/// Opens files of others to read them, without waiting: a pipe would be waited for until somebody wrote to it, and a device never ends.
/// </summary>
public static partial class RegularFile
{
    // asm-generic/fcntl.h and sys/stat.h
    private const int NonBlocking = 0x800, CloseOnExec = 0x80000, NoTerminal = 0x100;
    private const int KindOffset = 28, KindMask = 0xF000, Regular = 0x8000, EmptyPath = 0x1000, TypeWanted = 1;

    /// <exception cref="ReportedException">It is not there, may not be read, or is no regular file.</exception>
    public static FileStream Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!OperatingSystem.IsLinux())
            return UnlockedFile.Open(path);
        var descriptor = open(path, NonBlocking | CloseOnExec | NoTerminal);
        if (descriptor < 0)
            throw new ReportedException($"{path}: it cannot be opened ({Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}); check the path and the right to read it.");
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (IsRegular(handle))
            return new FileStream(handle, FileAccess.Read);
        handle.Dispose();
        throw new ReportedException($"{path}: it is no regular file but a pipe, a device or a folder; give a file.");
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
}
