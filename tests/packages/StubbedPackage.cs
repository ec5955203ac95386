namespace ConvLstm.Nowcast.Tests.Packages;

/// <summary>Compiles sources against a library made of a list of signatures, and the rooms as they are built here.</summary>
internal static class StubbedPackage
{
    private static readonly string[] Rooms =
        ["nowcast", "ConvLstm.Nowcast.Storage", "ConvLstm.Nowcast.Ingest", "Npgsql", "MathNet.Numerics", "System.CommandLine"];

    /// <param name="list">The list, below the repository.</param>
    /// <param name="listUsings">What its declarations leave out.</param>
    /// <param name="sources">C# files; a type of theirs comes before that of a room.</param>
    /// <param name="usings">What they leave out.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>Errors and warnings.</returns>
    internal static async Task<IReadOnlyList<string>> CompileAsync(
        string list, string[] listUsings, IEnumerable<string> sources, IEnumerable<string> usings, CancellationToken cancellation)
    {
        using var folder = new TemporaryFolder();
        var (stub, library, global) =
            (folder.File("Stub.cs"), folder.File(System.IO.Path.GetFileNameWithoutExtension(list) + ".dll"), folder.File("Usings.cs"));
        var rooms = Rooms.Select(name => System.IO.Path.Combine(AppContext.BaseDirectory, name + ".dll")).ToArray();
        await File.WriteAllTextAsync(stub,
            SignatureList.Read(RepositoryFolder.File(list)).ToSource(listUsings), cancellation);
        if (await Compiler.CompileAsync(library, [stub], rooms.Where(r => r.EndsWith("Npgsql.dll", StringComparison.Ordinal)),
            cancellation) is { Count: > 0 } broken)
            return [$"{list} itself is not C#:", .. broken];
        await File.WriteAllLinesAsync(global, usings.Select(name => $"global using {name};"), cancellation);
        // Named as these tests are: the rooms give them their internals.
        return await Compiler.CompileAsync(folder.File($"{Compiler.Friend}.dll"), [.. sources, global], [library, .. rooms], cancellation);
    }
}
