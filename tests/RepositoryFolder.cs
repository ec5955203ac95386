namespace ConvLstm.Nowcast.Tests;

/// <summary>Where the sources of these tests are.</summary>
internal static class RepositoryFolder
{
    internal static string File(params string[] parts)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(folder.FullName, "ConvLstm.Nowcast.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException(
                $"ConvLstm.Nowcast.sln is in no folder above {AppContext.BaseDirectory}.");
        return Path.Combine([folder.FullName, .. parts]);
    }
}
