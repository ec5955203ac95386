using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>The copy of a file that a decoder reads.</summary>
internal static class DecoderCopy
{
    private const int BufferBytes = 1 << 17;

    /// <param name="path">The file.</param>
    /// <param name="target">Where the copy goes.</param>
    /// <param name="options">How large the file may be, and whether it may be a link.</param>
    /// <param name="cancellation">Stops between two parts.</param>
    /// <exception cref="RadarFileException">It is no regular file, cannot be read, or is too large.</exception>
    /// <exception cref="ReportedException">The temporary folder is full, which is not the file's fault.</exception>
    internal static void Make(string path, string target, DecoderOptions options, CancellationToken cancellation)
    {
        using var source = OpenSource(path, options.FollowsLinks);
        if (source.Length > options.LargestFile)
            throw new RadarFileException(path, $"it has over {options.LargestFile >> 20} MiB", "split it into files of one scan");
        try
        {
            using var copy = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
            var buffer = new byte[(int)Math.Clamp(source.Length + 1, 1, BufferBytes)];
            for (int read; (read = source.Read(buffer)) > 0;)
            {
                cancellation.ThrowIfCancellationRequested();
                copy.Write(buffer, 0, read);
                // A file that grows while it is read is no larger for it.
                if (copy.Position > options.LargestFile)
                    throw new RadarFileException(path, $"it has over {options.LargestFile >> 20} MiB", "split it into files of one scan");
            }
        }
        catch (IOException e)
        {
            throw TemporarySpace.IsFull(e)
                ? TemporarySpace.Full(path, e)
                : new RadarFileException(path, $"it cannot be read ({e.Message})", "check the disk and the right to read it", e);
        }
    }

    private static FileStream OpenSource(string path, bool followsLinks)
    {
        try
        {
            return RegularFile.Open(path, followsLinks);
        }
        catch (ReportedException e)
        {
            throw new RadarFileException(path, e.Message);
        }
    }
}
