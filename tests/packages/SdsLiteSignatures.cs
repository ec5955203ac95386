using Xunit;

namespace ConvLstm.Nowcast.Tests.Packages;

/// <summary>The folder that only a build with SDSLite has compiles: here against the list of SDSLite's signatures.</summary>
public sealed class SdsLiteSignatures
{
    [Fact]
    public async Task TheFolderOfTheBackendCompilesAgainstThem()
    {
        var errors = await StubbedPackage.CompileAsync(
            "ops/nuget/SDSLite.txt", ["System", "Microsoft.Research.Science.Data"],
            Directory.EnumerateFiles(RepositoryFolder.File("ingest", "NetCdf", "SDSLite"), "*.cs"),
                Compiler.ImplicitUsings, TestContext.Current.CancellationToken);

        Assert.True(errors.Count == 0,
            "These lines do not compile against ops/nuget/SDSLite.txt: look the members up in SDSLite's public "
                + $"source.\n{string.Join('\n', errors.Take(20))}");
    }
}
