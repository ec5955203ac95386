using System.Runtime.InteropServices;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>Asks the kernel whether a file is open for writing: a read lease is refused then, fcntl(2), F_SETLEASE.</summary>
internal static partial class FileInUse
{
    private const int SetLease = 1024;
    private const int ReadLease = 0;
    private const int Unlock = 2;
    private const int Again = 11;

    /// <summary>False also where the file system or the file's owner allows no lease: then its size and time alone must do.</summary>
    internal static bool IsOpenForWriting(string path)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            using var file = RegularFile.Open(path, followsLinks: false);
            if (fcntl(file.SafeFileHandle, SetLease, ReadLease) != 0)
                return Marshal.GetLastPInvokeError() == Again;
            _ = fcntl(file.SafeFileHandle, SetLease, Unlock);
            return false;
        }
        catch (ReportedException)
        {
            // Gone, or not to be read: whoever opens it next says so.
            return false;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeHandle file, int command, int argument);
}
