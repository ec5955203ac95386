namespace ConvLstm.Nowcast.Tests;

/// <summary>Where the sources of these tests are.</summary>
internal static class RepositoryFolder
{
    private static readonly string[] Rooms = ["ingest", "model", "nowcast", "storage", "jobs", "tests", "ops"];
    private static readonly string[] Built = ["bin", "obj", "node_modules"];

    internal static string File(params string[] parts)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(folder.FullName, "ConvLstm.Nowcast.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException(
                $"ConvLstm.Nowcast.sln is in no folder above {AppContext.BaseDirectory}.");
        return Path.Combine([folder.FullName, .. parts]);
    }

    internal static string Relative(string file) => Path.GetRelativePath(File(), file);

    /// <summary>The C# files, without what the build made.</summary>
    internal static IEnumerable<string> Sources(params string[] rooms) =>
        (rooms is [] ? Rooms : rooms).SelectMany(room => Directory.EnumerateFiles(File(room), "*.cs", SearchOption.AllDirectories))
            .Where(file => !Relative(file).Split('/').Intersect(Built).Any());
}
