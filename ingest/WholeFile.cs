using System.Text;

namespace ConvLstm.Nowcast.Ingest;

/// <summary>
/// Writes files whole or not at all: aside in their folder, to the disk, then renamed. A full disk or a kill leaves what was there.
/// </summary>
public static class WholeFile
{
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="write">Writes the file of the name that it is given.</param>
    /// <exception cref="IOException">There is no room, or the folder may not be written to
    /// (<see cref="UnauthorizedAccessException"/>).</exception>
    public static void Write(string path, Action<string> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        var target = new FileInfo(path).LinkTarget is null
            ? Path.GetFullPath(path) : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        // A device or a pipe (/dev/stdout, whose link leads to no name) holds nothing that could be torn.
        if (File.Exists(path) && (!File.Exists(target) || RegularFile.OtherKind(target) is not null))
        {
            write(path);
            return;
        }
        var unfinished = Path.Combine(Path.GetDirectoryName(target)!, $".{Guid.NewGuid():N}.part");
        try
        {
            write(unfinished);
            // To read: whoever looks for writers of the new file shall find none.
            using (var file = File.OpenHandle(unfinished))
                RandomAccess.FlushToDisk(file);
            File.Move(unfinished, target, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException
            && e.Message.Contains(unfinished, StringComparison.Ordinal))
        {
            // Nobody knows the other name.
            var message = e.Message.Replace(unfinished, path, StringComparison.Ordinal);
            throw e is IOException ? new IOException(message, e) : new UnauthorizedAccessException(message, e);
        }
        finally
        {
            if (File.Exists(unfinished))
                File.Delete(unfinished);
        }
    }

    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="bytes">What it is to hold.</param>
    /// <exception cref="ReportedException">There is no room, or the folder is not there or may not be written to.</exception>
    public static void Write(string path, byte[] bytes)
    {
        try
        {
            Write(path, unfinished => File.WriteAllBytes(unfinished, bytes));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReportedException(
                $"{path}: it could not be written ({e.Message.TrimEnd('.')}). Name a file in a folder that can be written to and has room.",
                    e);
        }
    }

    /// <summary>As UTF-8.</summary>
    /// <exception cref="ReportedException">As above.</exception>
    public static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));
}
