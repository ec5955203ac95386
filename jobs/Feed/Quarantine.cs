using System.Security.Cryptography;
using System.Text;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>Where files that cannot be used are put, each with the reason beside it.</summary>
internal sealed class Quarantine(FeedOptions options)
{
    /// <summary>Of the text beside a file that says why it lies there.</summary>
    internal const string Ending = ".reason.txt";

    // Of the 255 bytes that file systems allow.
    private const int LongestName = 230;

    /// <summary>Moves a file there and writes <c>NAME.reason.txt</c>; one of that name that lies there already keeps its place.</summary>
    /// <exception cref="ReportedException">The file cannot be moved.</exception>
    internal string Take(string name, string reason)
    {
        var target = Free(name);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            // The reason first: no file is ever there without one.
            File.WriteAllText(target + Ending, reason + Environment.NewLine);
            File.Move(Path.Combine(options.Folder, name), target);
            return target;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            DeleteReason(target);
            throw new ReportedException(
                $"{Path.Combine(options.Folder, name)} cannot be moved to {target} ({e.Message}): give the right to write to both folders.",
                e);
        }
    }

    // A reason without its file would be shown as a file in quarantine.
    private static void DeleteReason(string target)
    {
        try
        {
            File.Delete(target + Ending);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Where nothing can be deleted, nothing was written.
        }
    }

    private string Free(string name)
    {
        var folder = Path.Combine(options.Quarantine, Path.GetDirectoryName(name)!);
        var fitting = Fitting(Path.GetFileName(name));
        var target = Path.Combine(folder, fitting);
        for (var i = 2; File.Exists(target) || File.Exists(target + Ending); i++)
            target = Path.Combine(folder, $"{fitting}.{i}");
        return target;
    }

    // Room for the number and the ending of the reason behind it; the start of its checksum keeps two long names apart.
    private static string Fitting(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= LongestName)
            return name;
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8];
        var kept = name;
        while (Encoding.UTF8.GetByteCount(kept) > LongestName - checksum.Length - 1)
            kept = kept[..^(char.IsLowSurrogate(kept[^1]) ? 2 : 1)];
        return $"{kept}~{checksum}";
    }
}
