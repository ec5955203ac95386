namespace ConvLstm.Nowcast.Ingest;

/// <summary>
/// A folder in the temporary one that is deleted when disposed; one whose process was killed is deleted by the next of the same
/// purpose. A locked file in it says that its process lives: the kernel ends the lock with the process, and no child inherits it
/// (O_CLOEXEC).
/// </summary>
public sealed class ScratchFolder : IDisposable
{
    private const string LockName = ".lock";

    private readonly DirectoryInfo _folder;
    private readonly FileStream _lock;

    private ScratchFolder(DirectoryInfo folder, FileStream lockFile) => (_folder, _lock) = (folder, lockFile);

    /// <summary>Its full path.</summary>
    public string Path => _folder.FullName;

    /// <param name="purpose">One word that stands in its name.</param>
    /// <param name="within">Where; the temporary folder of the system where null.</param>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public static ScratchFolder Create(string purpose, string? within = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(purpose);
        within ??= System.IO.Path.GetTempPath();
        DeleteAbandoned(purpose, within);
        while (true)
        {
            // Only the user's own: mkdtemp(3) would do the same, but knows the system's temporary folder alone.
            var folder = new DirectoryInfo(System.IO.Path.Combine(within, $"{Prefix(purpose)}{System.IO.Path.GetRandomFileName()}"));
            if (OperatingSystem.IsWindows())
                folder.Create();
            else
                Directory.CreateDirectory(folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            // Another process that tidies up just now may have taken it for one without an owner.
            if (Lock(folder) is { } lockFile)
                return new(folder, lockFile);
        }
    }

    /// <summary>Deletes the folders of a purpose whose processes are gone.</summary>
    /// <returns>How many.</returns>
    public static int DeleteAbandoned(string purpose, string within)
    {
        var deleted = 0;
        foreach (var folder in new DirectoryInfo(within).EnumerateDirectories(Prefix(purpose) + "*"))
        {
            // One of before these locks, or that is being made: nobody can tell whose it is.
            if (!File.Exists(System.IO.Path.Combine(folder.FullName, LockName)))
                continue;
            using var lockFile = Lock(folder);
            if (lockFile is not null && Delete(folder))
                deleted++;
        }
        return deleted;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Delete(_folder);
        _lock.Dispose();
    }

    private static string Prefix(string purpose) => $"nowcast-{purpose}-";

    private static FileStream? Lock(DirectoryInfo folder)
    {
        try
        {
            return new(System.IO.Path.Combine(folder.FullName, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Its process lives, it is gone, or it is another user's.
            return null;
        }
    }

    private static bool Delete(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A killed child may still have written there: the next of its purpose tries again. No work is worth an error over that.
            return false;
        }
    }
}
