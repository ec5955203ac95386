using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>Where files that cannot be used are put, each with the reason beside it.</summary>
internal sealed class Quarantine(FeedOptions options)
{
    /// <summary>Moves a file there and writes <c>NAME.reason.txt</c>; one of that name that lies there already keeps its place.</summary>
    /// <exception cref="ReportedException">The file cannot be moved.</exception>
    internal string Take(string name, string reason)
    {
        var target = Free(name);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            // The reason first: no file is ever there without one.
            File.WriteAllText(target + ".reason.txt", reason + Environment.NewLine);
            File.Move(Path.Combine(options.Folder, name), target);
            return target;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReportedException($"{Path.Combine(options.Folder, name)} cannot be moved to {target} ({e.Message}): give the right to write to both folders.", e);
        }
    }

    private string Free(string name)
    {
        var target = Path.Combine(options.Quarantine, name);
        for (var i = 2; File.Exists(target); i++)
            target = Path.Combine(options.Quarantine, $"{name}.{i}");
        return target;
    }
}
