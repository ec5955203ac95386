using System.Text;
using System.Text.RegularExpressions;

namespace ConvLstm.Nowcast.Ingest;

/// <summary>Files, folders and globs, as people give them to commands, to a sorted list of files.</summary>
public static class RadarPaths
{
    private static readonly string[] Endings =
    [
        ".nc", ".nc4", ".cdf", ".netcdf", ".h5", ".hdf", ".hdf5", ".gz", ".bz2", ".z", ".tar", ".tgz", ".tbz2", ".zip",
        ".grib", ".grib2", ".grb", ".grb2", ".tif", ".tiff", ".png", ".gif", ".pgm",
    ];

    // Composites of the Deutscher Wetterdienst have no ending: raa01-rw_10000-1408102050-dwd---bin, DE1200_RV2210180700_005.
    private static readonly string[] Beginnings = ["raa01-", "DE1200_", "DE4800_"];

    /// <summary>
    /// Each file once, in the order of their full paths. Folders are searched with everything below them for files that are named like
    /// radar files or archives; hidden files and those that are still being written (<c>.part</c>, <c>.tmp</c>) do not count. In globs
    /// <c>*</c> and <c>?</c> stay within
    /// a name, <c>**</c> spans folders.
    /// </summary>
    /// <exception cref="ReportedException">A path is not there, or nothing is found under it.</exception>
    public static IReadOnlyList<string> Expand(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var files = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (File.Exists(path))
                files.Add(Path.GetFullPath(path));
            else if (Directory.Exists(path))
                files.UnionWith(NotEmpty(Below(path),
                    $"{path}: the folder holds no radar file (*.nc, *.h5, *.hdf, *.grib2, *.tif and others, packed or not); "
                    + $"check the path."));
            else if (path.AsSpan().IndexOfAny('*', '?') >= 0)
                files.UnionWith(NotEmpty(Match(path), $"{path}: no file matches; check the pattern."));
            else
                throw new ReportedException($"{path}: there is no such file or folder; check the path.");
        }
        return [.. files];
    }

    private static List<string> NotEmpty(IEnumerable<string> files, string otherwise)
    {
        var found = files.ToList();
        return found.Count > 0 ? found : throw new ReportedException(otherwise);
    }

    private static IEnumerable<string> Below(string folder) => Walk(folder)
        .Where(f => Path.GetFileName(f) is var name && !name.StartsWith('.')
            && (Endings.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase)
                || (Beginnings.Any(b => name.StartsWith(b, StringComparison.Ordinal)) && !IsUnfinished(name))));

    private static bool IsUnfinished(string name) => Path.GetExtension(name) is ".part" or ".tmp";

    private static List<string> Walk(string folder)
    {
        try
        {
            return Directory.EnumerateFiles(Path.GetFullPath(folder), "*", SearchOption.AllDirectories).ToList();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ReportedException($"{folder}: it may not be read ({e.Message}); give the right to read it.", e);
        }
    }

    private static IEnumerable<string> Match(string pattern)
    {
        var full = Path.GetFullPath(pattern);
        var fixedPart = full[..full.AsSpan().IndexOfAny('*', '?')];
        var folder = fixedPart[..(fixedPart.LastIndexOf(Path.DirectorySeparatorChar) + 1)];
        if (!Directory.Exists(folder))
            return [];
        var regex = new Regex(ToRegex(full), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
        return Walk(folder).Where(f => regex.IsMatch(f));
    }

    private static string ToRegex(string glob)
    {
        var regex = new StringBuilder("^");
        for (var i = 0; i < glob.Length; i++)
        {
            var isDouble = glob[i] == '*' && i + 1 < glob.Length && glob[i + 1] == '*';
            if (isDouble && i + 2 < glob.Length && glob[i + 2] == '/')
            {
                regex.Append("(?:.*/)?");
                i += 2;
            }
            else if (isDouble)
            {
                regex.Append(".*");
                i++;
            }
            else
            {
                regex.Append(glob[i] switch { '*' => "[^/]*", '?' => "[^/]", var c => Regex.Escape(c.ToString()) });
            }
        }
        return regex.Append('$').ToString();
    }
}
