using System.IO.Enumeration;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>A file as a look at the folder found it.</summary>
/// <param name="Name">Relative to the folder.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Written">When it was last written to, in ticks UTC.</param>
internal readonly record struct SeenFile(string Name, long Size, long Written);

/// <summary>
/// Finds the files of a feed that are completely written: not hidden, not named as unfinished, of the same size and time in two looks,
/// and open to no writer. What a file holds is for the decoders to say, whatever its name.
/// </summary>
internal sealed class FeedFolder(FeedOptions options, TimeProvider time)
{
    private static readonly string[] Unfinished = [".part", ".tmp", ".partial", ".crdownload", ".filepart"];

    /// <summary>What .NET puts in the place of bytes that are no UTF-8: under such a name nothing can be opened or moved.</summary>
    private const string NoText = "\uFFFD";

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
            if (isSettled && !FileInUse.IsOpenForWriting(Path.Combine(options.Folder, file.Name)))
                complete.Add(file);
        }
        _last = seen;
        HasUnsettled = complete.Count < seen.Count;
        return [.. complete.OrderBy(f => f.Name, StringComparer.Ordinal)];
    }

    /// <summary>The file as it is now; null where it is gone.</summary>
    internal SeenFile? Now(string name)
    {
        if (name.Contains(NoText, StringComparison.Ordinal))
            return new(name, 0, 0);
        var info = new FileInfo(Path.Combine(options.Folder, name));
        return info.Exists ? new(name, info.Length, info.LastWriteTimeUtc.Ticks)
            : info.LinkTarget is not null || RegularFile.OtherKind(info.FullName) is not null
                ? new(name, -1, info.LastWriteTimeUtc.Ticks) : null;
    }

    /// <summary>Why a file may be neither read nor moved; null for one that may.</summary>
    internal string? Untouchable(SeenFile file)
    {
        if (file.Name.Contains(NoText, StringComparison.Ordinal))
            return "its name is not in UTF-8; rename it";
        return RegularFile.OtherKind(Path.Combine(options.Folder, file.Name)) is { } kind
            ? $"it is {kind}, and only files of the feed itself are read; put the file there" : null;
    }

    // Links are listed and never followed: what they lead to is not the feed's, and folders in circles have no end.
    private IEnumerable<SeenFile> List()
    {
        var (folder, quarantine) = (Path.GetFullPath(options.Folder), options.Quarantine);
        var files = new FileSystemEnumerable<string>(folder, (ref FileSystemEntry entry) => entry.ToFullPath(),
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory || IsLink(ref entry),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsLink(ref entry) && entry.ToFullPath() != quarantine,
        };
        return files
            .Where(path => path != quarantine && !Unfinished.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            .Select(path => Now(Path.GetRelativePath(folder, path))).OfType<SeenFile>();
    }

    private static bool IsLink(ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) != 0;
}
