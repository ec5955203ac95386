using System.Globalization;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>
/// The files of a feed that are in the database, or can neither be used nor moved, one line each in a file that is open while the feed is
/// watched, so that a second watcher finds it taken. Losing it costs only time: the database stores no scan twice.
/// </summary>
internal sealed class FeedState : IDisposable
{
    private const string FileName = ".taken";

    private readonly HashSet<SeenFile> _taken = [];
    private readonly StreamWriter _journal;

    private FeedState(FileStream journal, FeedFolder folder)
    {
        using (var reader = new StreamReader(journal, leaveOpen: true))
        {
            while (reader.ReadLine() is { } line)
            {
                // Files that are gone or were replaced need not be remembered; a last line that was cut off is none.
                if (Parse(line) is { } file && folder.Now(file.Name) == file)
                    _taken.Add(file);
            }
        }
        journal.SetLength(0);
        _journal = new StreamWriter(journal) { AutoFlush = false };
        foreach (var file in _taken)
            _journal.WriteLine(Format(file));
        _journal.Flush();
    }

    /// <summary>Null where another process watches the feed.</summary>
    /// <exception cref="ReportedException">The quarantine folder cannot be written to.</exception>
    internal static FeedState? Open(FeedOptions options, FeedFolder folder)
    {
        try
        {
            Directory.CreateDirectory(options.Quarantine);
            return new FeedState(new FileStream(Path.Combine(options.Quarantine, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite,
                FileShare.None), folder);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException)
            && File.Exists(Path.Combine(options.Quarantine, FileName)))
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReportedException(
                $"{options.Quarantine}: the quarantine folder cannot be written to ({e.Message}); name another with --quarantine.", e);
        }
    }

    internal bool IsTaken(SeenFile file) => _taken.Contains(file);

    internal void Add(SeenFile file)
    {
        if (!_taken.Add(file))
            return;
        _journal.WriteLine(Format(file));
        _journal.Flush();
    }

    public void Dispose() => _journal.Dispose();

    private static string Format(SeenFile file) =>
        string.Create(CultureInfo.InvariantCulture, $"{file.Size}\t{file.Written}\t{Uri.EscapeDataString(file.Name)}");

    private static SeenFile? Parse(string line) => line.Split('\t') is [var size, var written, var name]
        && long.TryParse(size, CultureInfo.InvariantCulture, out var bytes)
            && long.TryParse(written, CultureInfo.InvariantCulture, out var ticks)
        ? new SeenFile(Uri.UnescapeDataString(name), bytes, ticks)
        : null;
}
