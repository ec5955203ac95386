using Xunit;

namespace ConvLstm.Nowcast.Tests;

/// <summary>
/// Finds the files as services really send them, which are not part of the repository: in NOWCAST_FIELD_DATA, else in <c>shared/field</c>
/// beside the repository. Tests that need them skip, and say so, where they are absent.
/// </summary>
internal static class FieldCases
{
    private static readonly string? Folder = Find();

    /// <summary>A file or folder of them.</summary>
    internal static string Path(params ReadOnlySpan<string> parts)
    {
        if (Folder is null)
            Assert.Skip("There are no field cases: set NOWCAST_FIELD_DATA or put them into ../shared/field.");
        var path = System.IO.Path.Combine([Folder, .. parts]);
        if (!File.Exists(path) && !Directory.Exists(path))
            Assert.Skip($"{path} is not there.");
        return path;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("NOWCAST_FIELD_DATA") is { Length: > 0 } named)
            return Directory.Exists(named) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var data = System.IO.Path.Combine(folder.FullName, "shared", "field");
            if (Directory.Exists(data))
                return data;
        }
        return null;
    }
}
