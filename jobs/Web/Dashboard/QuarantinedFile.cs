using ConvLstm.Nowcast.Jobs.Feed;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>A file that could not be used.</summary>
/// <param name="Name">Of the file.</param>
/// <param name="Since">When it was put aside, UTC.</param>
/// <param name="Reason">One line.</param>
internal sealed record QuarantinedFile(string Name, DateTimeOffset Since, string Reason)
{
    private const string Ending = Quarantine.Ending;
    private const int LongestReason = 500;

    /// <summary>The newest of a feed.</summary>
    internal static IReadOnlyList<QuarantinedFile> NewestOf(string feed, int count)
    {
        var folder = new DirectoryInfo(new FeedOptions(feed).Quarantine);
        if (!folder.Exists)
            return [];
        return [.. folder.EnumerateFiles($"*{Ending}", SearchOption.AllDirectories).OrderByDescending(f => f.LastWriteTimeUtc).Take(count)
            .Select(file =>
            new QuarantinedFile(Path.GetRelativePath(folder.FullName, file.FullName)[..^Ending.Length], file.LastWriteTimeUtc,
                ReasonIn(file.FullName)))];
    }

    private static string ReasonIn(string file)
    {
        try
        {
            var text = File.ReadAllText(file).Trim();
            return text.Length <= LongestReason ? text : text[..LongestReason] + "…";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the reason cannot be read ({e.Message})";
        }
    }
}
