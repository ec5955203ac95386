using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Packages;

/// <summary>ops/nuget/choose.sh, which ops/setup.sh --packages calls, on a copy of what it reads and with sources of its own.</summary>
public sealed class ChoiceOfPackages : IDisposable
{
    private const string Choice = "Directory.Packages.local.props";

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    public ChoiceOfPackages()
    {
        Directory.CreateDirectory(_folder.File("ops/nuget"));
        Directory.CreateDirectory(_folder.File("feed"));
        Directory.CreateDirectory(_folder.File("store"));
        foreach (var file in new[] { "Directory.Build.props", "Directory.Packages.props", "ops/nuget/choose.sh" })
            File.Copy(RepositoryFolder.File(file), _folder.File(file));
        File.WriteAllText(_folder.File("nuget.config"),
            $"""
            <configuration><packageSources><clear /><add key="here" value="{_folder.File("feed")}" /></packageSources></configuration>
            """);
    }

    [Fact]
    public async Task WhereTheSourcesLackThemNugetEndsWithOneLineAndLeavesAllAsItWas()
    {
        await File.WriteAllTextAsync(_folder.File(Choice), "<Project />", _cancellation);
        var before = Files();

        var (status, output, error) = await ChooseAsync("nuget");

        Assert.Equal((1, ""), (status, output));
        Assert.StartsWith("error: --packages nuget: the NuGet sources lack SDSLite 3", error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(c => c == '\n'));
        Assert.Equal(before, Files());
        Assert.Equal("<Project />", await File.ReadAllTextAsync(_folder.File(Choice), _cancellation));
    }

    [Fact]
    public async Task AutoTakesWhatCanBeHadAndSaysWhy()
    {
        var (status, output, error) = await ChooseAsync("auto");
        Assert.Equal((0, ""), (status, error));
        Assert.StartsWith("packages: system (the NuGet sources lack SDSLite", output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File(Choice)));

        foreach (var (name, version) in Versions())
            MakePackage(name, version);
        (status, output, error) = await ChooseAsync("auto");

        Assert.Equal((0, ""), (status, error));
        Assert.StartsWith("packages: nuget (SDSLite", output, StringComparison.Ordinal);
        var properties = XDocument.Load(_folder.File(Choice)).Root!.Elements().Elements().ToDictionary(e => e.Name.LocalName, e => e.Value);
        Assert.Equal("SDSLite", properties["NetCdfBackend"]);
    }

    [Fact]
    public async Task AnotherVersionIsNotTaken()
    {
        foreach (var (name, version) in Versions())
            MakePackage(name, name == "SDSLite" ? "3.9.9" : version);

        var (status, _, error) = await ChooseAsync("nuget");

        Assert.Equal(1, status);
        Assert.StartsWith("error: --packages nuget: the NuGet sources lack SDSLite 3.0.1;", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("system", 0)]
    [InlineData("conda", 2)]
    public async Task SystemIsTheAbsenceOfAChoice(string mode, int expected)
    {
        await File.WriteAllTextAsync(_folder.File(Choice), "<Project />", _cancellation);

        var (status, _, _) = await ChooseAsync(mode);

        Assert.Equal(expected, status);
        Assert.Equal(expected != 0, File.Exists(_folder.File(Choice)));
    }

    public void Dispose() => _folder.Dispose();

    private string[] Files() => [.. Directory.EnumerateFileSystemEntries(_folder.Path).Order(StringComparer.Ordinal)];

    /// <summary>All that either machine could ask for.</summary>
    private IEnumerable<(string Name, string Version)> Versions() =>
        XDocument.Load(_folder.File("Directory.Packages.props")).Descendants("PackageVersion")
        .Select(e => (Name: e.Attribute("Include")!.Value, e.Attribute("Version")!.Value))
        .Where(p => p.Name is "SDSLite");

    private void MakePackage(string name, string version)
    {
        using var package = ZipFile.Open(_folder.File($"feed/{name}.{version}.nupkg"), ZipArchiveMode.Create);
        using var text = new StreamWriter(package.CreateEntry($"{name}.nuspec").Open());
        text.Write($"""
            <?xml version="1.0"?><package><metadata>
            <id>{name}</id><version>{version}</version><authors>tests</authors><description>Empty.</description>
            </metadata></package>
            """);
    }

    private async Task<(int Status, string Output, string Error)> ChooseAsync(string mode)
    {
        using var choose = Process.Start(new ProcessStartInfo("bash", [_folder.File("ops/nuget/choose.sh"), mode])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
            Environment = { ["NUGET_PACKAGES"] = _folder.File("store"), ["MSBUILDDISABLENODEREUSE"] = "1" },
        })!;
        var (output, error) = (choose.StandardOutput.ReadToEndAsync(_cancellation), choose.StandardError.ReadToEndAsync(_cancellation));
        await choose.WaitForExitAsync(_cancellation);
        return (choose.ExitCode, await output, await error);
    }
}
