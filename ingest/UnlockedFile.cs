using Microsoft.Win32.SafeHandles;

namespace ConvLstm.Nowcast.Ingest;

/// <summary>
/// Opens radar files for reading without an advisory lock. .NET and HDF5 both lock with flock, and a lock lives on in every
/// child process that inherited the descriptor: a file that nobody uses any more would seem to be in use. Feeds hand over
/// files by renaming them, so nothing is lost.
/// </summary>
internal static class UnlockedFile
{
    private const FileShare Anybody = FileShare.ReadWrite | FileShare.Delete;

    internal static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, Anybody);

    internal static SafeFileHandle OpenHandle(string path) => File.OpenHandle(path, FileMode.Open, FileAccess.Read, Anybody);
}
