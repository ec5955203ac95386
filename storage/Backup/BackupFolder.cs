using System.Globalization;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Storage.Backup;

/// <summary>
/// A backup on disk: <c>base</c> has all but the pixels, <c>days/yyyyMMdd</c> the pixels of a day, each a dump in pg_dump's directory
/// format. A dump is written aside and renamed when it is whole; <c>content</c> beside each day says what it holds.
/// </summary>
internal sealed class BackupFolder(string path)
{
    private const string DayFormat = "yyyyMMdd", BaseName = "base", DaysName = "days", ContentName = "nowcast-content",
        Unfinished = ".unfinished";

    internal string Base => Path.Combine(path, BaseName);

    /// <summary>The days that are there, the oldest first.</summary>
    internal IEnumerable<DateOnly> Days => Directory.Exists(Path.Combine(path, DaysName))
        ? Directory.EnumerateDirectories(Path.Combine(path, DaysName)).Select(Path.GetFileName)
            .Where(n => !n!.EndsWith(Unfinished, StringComparison.Ordinal))
            .Select(n => DateOnly.ParseExact(n!, DayFormat, CultureInfo.InvariantCulture)).Order()
        : [];

    internal string Day(DateOnly day) => Path.Combine(path, DaysName, day.ToString(DayFormat, CultureInfo.InvariantCulture));

    /// <exception cref="ReportedException">There is no backup.</exception>
    internal void RequireWhole()
    {
        if (!File.Exists(Path.Combine(Base, "toc.dat")))
            throw new ReportedException($"{path} holds no backup: name the folder that 'nowcast db backup' was given.");
    }

    internal bool Holds(DayPartitions day)
    {
        var content = Path.Combine(Day(day.Day), ContentName);
        return File.Exists(content) && File.ReadAllText(content) == day.Content;
    }

    /// <summary>
    /// Gives a folder that does not exist to <paramref name="write"/>, and puts it where <paramref name="target"/> was once it is whole.
    /// </summary>
    internal static async Task ReplaceAsync(string target, Func<string, Task> write)
    {
        var aside = target + Unfinished;
        Remove(aside);
        Directory.CreateDirectory(Path.GetDirectoryName(aside)!);
        await write(aside).ConfigureAwait(false);
        Remove(target);
        Directory.Move(aside, target);
    }

    internal static void WriteContent(string folder, DayPartitions day) =>
        File.WriteAllText(Path.Combine(folder, ContentName), day.Content);

    internal void RemoveDay(DateOnly day) => Remove(Day(day));

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
