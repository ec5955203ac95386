using System.IO.Compression;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>The uncompressed copy of a gzip file, because libnetcdf reads files, not streams. Deleted when disposed.</summary>
internal sealed class TemporaryCopy : IDisposable
{
    // A radar composite is some megabytes; more than this is a mistake or a trap that would fill the disk.
    private const long LargestFile = 1L << 30;

    private TemporaryCopy(string path) => Path = path;

    internal string Path { get; }

    /// <param name="location">The gzip file.</param>
    /// <param name="path">What errors call it.</param>
    internal static TemporaryCopy Decompress(string location, string path)
    {
        var copy = new TemporaryCopy(System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"nowcast-{Guid.NewGuid():N}.nc"));
        try
        {
            using var source = new GZipStream(UnlockedFile.Open(location), CompressionMode.Decompress);
            using var target = File.Create(copy.Path);
            var buffer = new byte[1 << 16];
            for (int read; (read = source.Read(buffer)) > 0;)
            {
                if (target.Length + read > LargestFile)
                    throw new RadarFileException(path, "it unpacks to over 1 GiB", "split it into files of one scan");
                target.Write(buffer, 0, read);
            }
            return copy;
        }
        catch (IOException e) when (TemporarySpace.IsFull(e))
        {
            copy.Dispose();
            throw TemporarySpace.Full(path, e);
        }
        catch (InvalidDataException e)
        {
            copy.Dispose();
            throw new RadarFileException(path, "its gzip data are damaged or cut short", "fetch it again", e);
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    public void Dispose() => File.Delete(Path);
}
