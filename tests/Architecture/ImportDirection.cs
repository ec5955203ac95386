using System.Reflection;
using System.Xml.Linq;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Architecture;

/// <summary>Imports point one way: jobs → storage → nowcast → model → ingest.</summary>
public sealed class ImportDirection
{
    private const string Prefix = "ConvLstm.Nowcast";

    // From left to right; a room may use any to its right.
    private static readonly string[] Rooms =
        ["nowcast", $"{Prefix}.Storage", Prefix, $"{Prefix}.Model", $"{Prefix}.Ingest"];

    public static TheoryData<string> Projects { get; } = new(
        "jobs/ConvLstm.Nowcast.Jobs.csproj", "storage/ConvLstm.Nowcast.Storage.csproj", "nowcast/ConvLstm.Nowcast.csproj",
        "model/ConvLstm.Nowcast.Model.csproj", "ingest/ConvLstm.Nowcast.Ingest.csproj");

    public static TheoryData<string> Assemblies { get; } = new(Rooms);

    [Theory]
    [MemberData(nameof(Projects))]
    public void AProjectReferencesOnlyRoomsToItsRight(string project)
    {
        var path = RepositoryFolder.File(project);
        var references = XDocument.Load(path).Descendants("ProjectReference")
            .Select(r => NameOf(r.Attribute("Include")!.Value)).ToArray();
        Assert.All(references, r => Assert.True(MayUse(NameOf(project), r), $"{project} references {r}"));
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void AnAssemblyUsesOnlyRoomsToItsRight(string name)
    {
        var used = Assembly.Load(name).GetReferencedAssemblies().Select(a => a.Name!)
            .Where(n => Rooms.Contains(n) || n.StartsWith(Prefix, StringComparison.Ordinal)).ToArray();
        Assert.All(used, other => Assert.True(MayUse(name, other), $"{name} uses {other}"));
    }

    [Fact]
    public void EveryProjectOfTheSolutionIsARoomTheTestsTheBenchmarksOrATool()
    {
        var solution = File.ReadAllText(RepositoryFolder.File("ConvLstm.Nowcast.sln"));
        var projects = Directory.GetFiles(RepositoryFolder.File(), "*.csproj", SearchOption.AllDirectories).Select(Path.GetFileName)
            .ToArray();
        Assert.Equal(Projects.Count + 3, projects.Length);
        Assert.All(projects, p => Assert.Contains(p!, solution, StringComparison.Ordinal));
    }

    /// <summary>Studies may use all that forecasts; nothing on the way of a forecast uses them, nor the reports of commands.</summary>
    [Fact]
    public void NothingOnTheWayOfAForecastImportsTheStudies()
    {
        Assert.Equal(["jobs/Commands/Study", "jobs/Studies", "nowcast/Studies"], Importers($"{Prefix}.Studies"));
        Assert.Equal(["jobs/Commands", "jobs/Commands/Study"], Importers($"{Prefix}.Jobs.Studies"));
    }

    private static string[] Importers(string imported) =>
        [.. RepositoryFolder.Sources("jobs", "storage", "nowcast", "model", "ingest")
            .Where(file => File.ReadLines(file).Any(line => line.StartsWith($"using {imported}", StringComparison.Ordinal)
                || line.StartsWith($"namespace {imported}", StringComparison.Ordinal)))
            .Select(file => Path.GetDirectoryName(RepositoryFolder.Relative(file))!)
            .Select(folder => folder.StartsWith("nowcast/Studies", StringComparison.Ordinal) ? "nowcast/Studies" : folder)
            .Where(folder => imported != $"{Prefix}.Jobs.Studies" || folder != "jobs/Studies").Distinct().Order(StringComparer.Ordinal)];

    [Theory]
    [InlineData($"{Prefix}.Ingest", $"{Prefix}.Model")]
    [InlineData(Prefix, $"{Prefix}.Storage")]
    public void TheRuleForbidsTheOtherWay(string from, string to) => Assert.False(MayUse(from, to));

    private static bool MayUse(string from, string to) =>
        Array.IndexOf(Rooms, from) is >= 0 and var left && Array.IndexOf(Rooms, to) > left;

    private static string NameOf(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project.Replace('\\', '/'));
        return name == $"{Prefix}.Jobs" ? "nowcast" : name;
    }
}
