using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>Asks the kernel whether a file is open for writing: a read lease is refused then, fcntl(2), F_SETLEASE.</summary>
internal static partial class Writers
{
    private const int SetLease = 1024;
    private const int ReadLease = 0;
    private const int Unlock = 2;
    private const int Again = 11;

    /// <summary>False also where the file system or the file's owner allows no lease: then its size and time alone must do.</summary>
    internal static bool HasAny(string path)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (fcntl(file, SetLease, ReadLease) != 0)
                return Marshal.GetLastPInvokeError() == Again;
            _ = fcntl(file, SetLease, Unlock);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone, or not to be read: whoever opens it next says so.
            return false;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeHandle file, int command, int argument);
}
