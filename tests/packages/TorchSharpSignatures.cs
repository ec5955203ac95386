using ConvLstm.Nowcast.Tests.Architecture;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Packages;

/// <summary>The rooms that use tensors compile against TorchSharp: here against the list of its signatures.</summary>
public sealed class TorchSharpSignatures
{
    private const string List = "ops/packages/TorchSharp.txt";

    private const string WhatToDo =
        $"""
        These lines do not compile against the list of TorchSharp's signatures, {List}. Look the member up in TorchSharp's
        public source (the version stands in the list). Where TorchSharp has it just so, add its signature, and its overloads, under their type in
        the list, a line each. Where it has not, write the line with what it has: ops/docs/packages.md names the pitfalls.
        """;

    private static readonly string[] ListUsings =
        ["TorchSharp", "static TorchSharp.torch", "TorchSharp.Modules", "TorchSharp.Utils", "System", "System.Collections", "System.Collections.Generic"];

    [Fact]
    public async Task TheSourcesOfModelAndNowcastCompileAgainstThem()
    {
        var root = ImportDirection.Repository();
        var errors = await CompileAsync([
            .. Sources(root, "model").Where(f => !f.Contains("/torch/", StringComparison.Ordinal)), .. Sources(root, "model/torch/TorchSharp"),
            .. Sources(root, "nowcast"), System.IO.Path.Combine(root, "jobs/Commands/DoctorCommand.cs"),
        ]);

        Assert.True(errors.Count == 0, $"{WhatToDo}\n{string.Join('\n', errors.Take(20))}");
    }

    [Fact]
    public async Task ACallThatTorchSharpHasNotIsFound()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(
            folder.File("Wrong.cs"), "static class Wrong { static Tensor A(Tensor t) => t.lerp_(t, 0.5); static Tensor B(Tensor t) => t.narrow(dimension: 0, 0, 1); }", TestContext.Current.CancellationToken);

        var errors = await CompileAsync([folder.File("Wrong.cs"), .. Sources(ImportDirection.Repository(), "model/torch/TorchSharp")]);

        Assert.Contains(errors, e => e.Contains("'lerp_'", StringComparison.Ordinal));
        Assert.Contains(errors, e => e.Contains("'dimension'", StringComparison.Ordinal));
    }

    private static Task<IReadOnlyList<string>> CompileAsync(IReadOnlyList<string> sources) => StubbedPackage.CompileAsync(
        List, ListUsings, sources, [.. Compiler.ImplicitUsings, "TorchSharp", "static TorchSharp.torch", "TorchSharp.Modules", "ConvLstm.Nowcast.Torch"], TestContext.Current.CancellationToken);

    private static IEnumerable<string> Sources(string root, string room) => Directory.EnumerateFiles(System.IO.Path.Combine(root, room), "*.cs", SearchOption.AllDirectories)
        .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal));
}
