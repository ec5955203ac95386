using System.Text.RegularExpressions;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Architecture;

/// <summary>What <c>ops/test.sh --fast</c> runs needs neither database nor browser, and trains nothing for long.</summary>
public sealed partial class FastSet
{
    [Fact]
    public void TestsThatStartProgramsOrTrainAreNotAmongTheFastOnes()
    {
        var fast = typeof(FastSet).Assembly.GetExportedTypes().Where(FastTests.Contains).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        var tests = RepositoryFolder.Sources("tests").Where(file => fast.Contains(Path.GetFileNameWithoutExtension(file)))
            .Select(file => (Name: RepositoryFolder.Relative(file), Text: File.ReadAllText(file)))
            .Where(file => file.Text.Contains("[Fact]", StringComparison.Ordinal) || file.Text.Contains("[Theory]", StringComparison.Ordinal));

        Assert.All(tests, file => Assert.True(
            !Slow().IsMatch(file.Text), $"{file.Name} has {Slow().Match(file.Text)}: put [Slow] above its class, or into one of the slow folders"));
    }

    [Fact]
    public void AClassThatIsGivenADatabaseIsNotAmongThem()
    {
        Assert.False(FastTests.Contains(typeof(Storage.LeaseTests)));
        Assert.False(FastTests.Contains(typeof(Jobs.Web.MapPage)));
        Assert.True(FastTests.Contains(typeof(FastSet)));
    }

    [GeneratedRegex(@"\bCli\.|\bPrivateCluster\.|NowcastDatabase\.Open|Playwright\.|\b(?:Trainer|ModelTraining)\(")]
    private static partial Regex Slow();
}
