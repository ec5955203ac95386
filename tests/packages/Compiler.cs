using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Tests.Packages;

/// <summary>The compiler of the SDK that built these tests, for sources against libraries that cannot be had here.</summary>
internal static class Compiler
{
    /// <summary>Assemblies give their internals to one of this name.</summary>
    internal const string Friend = "ConvLstm.Nowcast.Tests";

    /// <param name="library">The file to make.</param>
    /// <param name="sources">C# files.</param>
    /// <param name="references">Beside those of the runtime, and of ASP.NET Core.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>Errors and warnings, one a line; empty where there are none.</returns>
    internal static async Task<IReadOnlyList<string>> CompileAsync(string library, IEnumerable<string> sources,
        IEnumerable<string> references, CancellationToken cancellation)
    {
        var arguments = library + ".rsp";
        await File.WriteAllLinesAsync(arguments, [
            "-nologo", "-target:library", "-langversion:14", "-nullable:enable", "-unsafe", "-nostdlib", $"-out:{library}",
            // Two versions of a type: that of the sources is meant. Fields of a list of signatures are set by nobody. Libraries made for
            // an older runtime are no news (CS1701 and CS1702, which the SDK leaves out too).
            "-nowarn:CS0436,CS8618,CS0649,CS8625,CS8981,CS1591,CS0626,CS0109,CS0114,CS0108,CS8644,CS1701,CS1702",
            .. Frameworks().SelectMany(folder => Directory.EnumerateFiles(folder, "*.dll")).Concat(references).Select(r => $"-r:\"{r}\""),
            .. sources.Select(s => $"\"{s}\""),
        ], cancellation);
        using var compiler = Process.Start(new ProcessStartInfo("dotnet", ["exec", Path.Combine(Sdk(), "Roslyn", "bincore", "csc.dll"),
            "-noconfig", $"@{arguments}"])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await compiler.StandardOutput.ReadToEndAsync(cancellation);
        await compiler.WaitForExitAsync(cancellation);
        return said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    /// <summary>What the SDK imports without being asked.</summary>
    internal static IReadOnlyList<string> ImplicitUsings { get; } =
        ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading",
            "System.Threading.Tasks"];

    private static string Root() => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    private static string Sdk() => Newest(Path.Combine(Root(), "sdk"));

    private static IEnumerable<string> Frameworks() => new[] { "Microsoft.NETCore.App.Ref", "Microsoft.AspNetCore.App.Ref" }
        .Select(pack => Path.Combine(Newest(Path.Combine(Root(), "packs", pack)), "ref", $"net{Environment.Version.Major}.0"));

    private static string Newest(string folder) =>
        Directory.EnumerateDirectories(folder, $"{Environment.Version.Major}.*").OrderBy(Directory.GetCreationTimeUtc).LastOrDefault()
        ?? throw new InvalidOperationException(
            $"{folder} has nothing of .NET {Environment.Version.Major}: the SDK is not beside the runtime.");
}
