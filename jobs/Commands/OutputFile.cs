using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary>A file that a long command writes at its end.</summary>
internal static class OutputFile
{
    /// <summary>Says before the work that the file could not be written after it.</summary>
    /// <param name="flag">What names the file, such as <c>--out</c>.</param>
    /// <param name="path">The file; what it holds stays as it is.</param>
    /// <exception cref="ReportedException">It is a folder, or its folder is missing or may not be written to.</exception>
    internal static void Require(string flag, string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (folder is null || Directory.Exists(path))
            throw new ReportedException($"{flag} {path} is a folder: name a file in it.");
        if (!Directory.Exists(folder))
            throw new ReportedException($"{flag} {path}: the folder {folder} is not there; make it first.");
        try
        {
            using var probe = new FileStream(
                Path.Combine(folder, $".{Guid.NewGuid():N}.part"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1,
                    FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReportedException($"{flag} {path}: the folder {folder} may not be written to; name a file elsewhere.", e);
        }
    }
}
