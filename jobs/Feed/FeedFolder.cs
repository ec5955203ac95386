namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>A file as a look at the folder found it.</summary>
/// <param name="Name">Relative to the folder.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Written">When it was last written to, in ticks UTC.</param>
internal readonly record struct SeenFile(string Name, long Size, long Written);

/// <summary>
/// Finds the files of a feed that are completely written: not hidden, not named as unfinished, of the same size and time in two looks, and open
/// to no writer. What a file holds is for the decoders to say, whatever its name.
/// </summary>
internal sealed class FeedFolder(FeedOptions options, TimeProvider time)
{
    private static readonly string[] Unfinished = [".part", ".tmp", ".partial", ".crdownload", ".filepart"];

    private Dictionary<string, SeenFile> _last = [];

    /// <summary>True where the last look saw files that may not be complete yet.</summary>
    internal bool HasUnsettled { get; private set; }

    /// <summary>Looks once; the complete files that <paramref name="isTaken"/> does not know, by name.</summary>
    internal IReadOnlyList<SeenFile> Look(Func<SeenFile, bool> isTaken)
    {
        var seen = new Dictionary<string, SeenFile>();
        var complete = new List<SeenFile>();
        foreach (var file in List().Where(f => !isTaken(f)))
        {
            seen[file.Name] = file;
            var isSettled = (_last.TryGetValue(file.Name, out var before) && before == file)
                || time.GetUtcNow().UtcTicks - file.Written > options.Settled.Ticks;
            if (isSettled && !Writers.HasAny(Path.Combine(options.Folder, file.Name)))
                complete.Add(file);
        }
        _last = seen;
        HasUnsettled = complete.Count < seen.Count;
        return [.. complete.OrderBy(f => f.Name, StringComparer.Ordinal)];
    }

    /// <summary>The file as it is now; null where it is gone.</summary>
    internal SeenFile? Now(string name)
    {
        var info = new FileInfo(Path.Combine(options.Folder, name));
        return info.Exists || info.LinkTarget is not null ? Seen(name, info) : null;
    }

    // A link counts as the file that it leads to; one that leads nowhere is a file that cannot be opened, which is said of it.
    private static SeenFile Seen(string name, FileInfo file)
    {
        try
        {
            if (file.LinkTarget is not null && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } target)
                return new(name, target.Length, target.LastWriteTimeUtc.Ticks);
            if (file.LinkTarget is null)
                return new(name, file.Length, file.LastWriteTimeUtc.Ticks);
        }
        catch (IOException)
        {
            // In circles: nowhere, too.
        }
        return new(name, -1, file.LastWriteTimeUtc.Ticks);
    }

    private IEnumerable<SeenFile> List()
    {
        var folder = Path.GetFullPath(options.Folder);
        return new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden })
            .Where(f => !f.FullName.StartsWith(options.Quarantine + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                && !Unfinished.Contains(f.Extension, StringComparer.OrdinalIgnoreCase))
            .Select(f => Seen(Path.GetRelativePath(folder, f.FullName), f));
    }
}
