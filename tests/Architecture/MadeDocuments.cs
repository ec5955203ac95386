using Xunit;

namespace ConvLstm.Nowcast.Tests.Architecture;

/// <summary>Documents that a script makes say what it makes today.</summary>
public sealed class MadeDocuments
{
    [Fact]
    public async Task TheNoticesNameThePackagesThatAreRestored() =>
        Assert.Equal(await File.ReadAllTextAsync(RepositoryFolder.File("THIRD-PARTY-NOTICES.md"), TestContext.Current.CancellationToken),
            await Python.RunAsync("json", RepositoryFolder.File("ops", "notices.py")));

    [Fact]
    public async Task ThePictureOfTheArchitectureShowsTheImportsOfTheSources() =>
        Assert.Contains(await Python.RunAsync("re", RepositoryFolder.File("ops", "docs", "references.py")),
            await File.ReadAllTextAsync(RepositoryFolder.File("ops", "docs", "architecture.md"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
}
