namespace ConvLstm.Nowcast.Ingest.Formats.Archives;

/// <summary>
/// A temporary folder of what an archive held, because libraries read files, not streams; bounded, and deleted when disposed.
/// </summary>
internal sealed class UnpackedFiles : IDisposable
{
    // A radar composite is some megabytes; more than this in one archive is a mistake or a trap that would fill the disk.
    private const long MostBytes = 1L << 30;
    private const int MostFiles = 2000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nowcast-unpacked-");
    private readonly List<UnpackedFile> _files = [];
    private readonly string _path;
    private long _bytes;

    private readonly UnpackingBudget _budget;

    /// <param name="path">What errors call the archive.</param>
    /// <param name="budget">Of the file that it is, or is in.</param>
    internal UnpackedFiles(string path, UnpackingBudget budget) => (_path, _budget) = (path, budget);

    internal IReadOnlyList<UnpackedFile> Files => _files;

    /// <param name="name">Of the member; null for a file that was only compressed.</param>
    /// <param name="content">Its bytes.</param>
    /// <exception cref="RadarFileException">The archive holds too much.</exception>
    /// <exception cref="TemporarySpaceFullException">There is no room for it.</exception>
    internal void Add(string? name, Stream content)
    {
        if (_files.Count == MostFiles)
            throw new RadarFileException(_path, $"it holds over {MostFiles} files", "split it");
        // The name of a member is only a name: it never decides where the file goes.
        var location = Path.Combine(_folder.FullName, $"{_files.Count}");
        try
        {
            using var target = File.Create(location);
            var buffer = new byte[1 << 16];
            for (int read; (read = content.Read(buffer)) > 0;)
            {
                if ((_bytes += read) > MostBytes)
                    throw new RadarFileException(_path, "it unpacks to over 1 GiB", "split it into files of one scan");
                _budget.Spend(read);
                target.Write(buffer, 0, read);
            }
        }
        catch (IOException e) when (TemporarySpace.IsFull(e))
        {
            throw TemporarySpace.Full(_path, e);
        }
        _files.Add(new UnpackedFile(name, location));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}

/// <summary>A file out of an archive.</summary>
/// <param name="Name">As the archive has it; null where it has none.</param>
/// <param name="Location">Where it is now.</param>
internal sealed record UnpackedFile(string? Name, string Location);
