namespace ConvLstm.Nowcast.Ingest;

/// <summary>Files that are unpacked or copied to be read: when their folder is full, no file is to blame.</summary>
public static class TemporarySpace
{
    // asm-generic/errno.h: .NET keeps the number of the system in HResult.
    private const int NoSpace = 28, OverQuota = 122;

    public static bool IsFull(IOException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.HResult is NoSpace or OverQuota;
    }

    public static TemporarySpaceFullException Full(string path, IOException error) =>
        new($"{path} cannot be read now: the temporary folder {Path.GetTempPath()} is full; free some space or name another in TMPDIR.",
            error);
}

/// <summary>There is no room to read a file; with room it may be a good one.</summary>
public sealed class TemporarySpaceFullException(string message, IOException error) : ReportedException(message, error);
