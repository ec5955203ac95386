using System.Text.RegularExpressions;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Architecture;

/// <summary>What <c>ops/test.sh --fast</c> runs needs neither database nor browser, and trains nothing for long.</summary>
public sealed partial class FastSet
{
    [Fact]
    public void TestsThatStartProgramsOrTrainAreNotAmongTheFastOnes()
    {
        var fast = typeof(FastSet).Assembly.GetExportedTypes().Where(FastTests.Contains).Select(t => t.Name);
        var files = RepositoryFolder.Sources("tests").IntersectBy(fast, Path.GetFileNameWithoutExtension)
            .Select(file => (Name: RepositoryFolder.Relative(file), Text: File.ReadAllText(file)));
        var slow = files.Where(f => IsTest().IsMatch(f.Text) && Slow().IsMatch(f.Text)).Select(f => $"{f.Name}: {Slow().Match(f.Text)}");

        // [Slow] above the class, or a slow folder (FastTests), takes it out.
        Assert.Empty(slow);
    }

    [Fact]
    public void AClassThatIsGivenADatabaseIsNotAmongThem()
    {
        Assert.False(FastTests.Contains(typeof(Storage.LeaseTests)));
        Assert.False(FastTests.Contains(typeof(Jobs.Web.MapPage)));
        Assert.True(FastTests.Contains(typeof(FastSet)));
    }

    [GeneratedRegex(@"\[(?:Fact|Theory)\b")]
    private static partial Regex IsTest();

    [GeneratedRegex(@"\bCli\.|\bPrivateCluster\.|NowcastDatabase\.Open|Playwright\.|\b(?:Trainer|ModelTraining)\(")]
    private static partial Regex Slow();
}
