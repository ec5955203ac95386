using ConvLstm.Nowcast.Jobs.Commands;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

public sealed class HelpAndUsage
{
    // Verbs that the program runs itself with are not for people.
    private static IEnumerable<System.CommandLine.Command> Shown => Verbs.All(Terminal.OfProcess()).Where(v => !v.Hidden);

    public static TheoryData<string> EveryVerb { get; } =
        new(Shown.SelectMany(v => v.Subcommands.Select(s => $"{v.Name} {s.Name}").Prepend(v.Name)));

    [Theory]
    [MemberData(nameof(EveryVerb))]
    public async Task EveryVerbExplainsItself(string verb)
    {
        using var folder = new TemporaryFolder();

        var help = await Cli.In(folder).DoAsync([.. verb.Split(' '), "--help"]);

        Assert.Contains($"nowcast {verb}", help, StringComparison.Ordinal);
        Assert.Contains("--help", help, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheProgramNamesItsVerbsAndItsVersion()
    {
        using var folder = new TemporaryFolder();

        var help = await Cli.In(folder).DoAsync("--help");
        var version = await Cli.In(folder).DoAsync("--version");

        Assert.All(Shown, verb => Assert.Contains($"  {verb.Name}", help, StringComparison.Ordinal));
        Assert.Matches(@"^\d+\.\d+\.\d+", version);
    }

    [Theory]
    [InlineData("", "command")]
    [InlineData("forecats", "forecats")]
    [InlineData("inspect", "inspect")]
    [InlineData("simulate --out x --size 3", "--size 3: give a whole number from 16 to 4096")]
    [InlineData("simulate --out x --size many", "--size many: give a whole number")]
    [InlineData("simulate --out x --step NaN", "--step NaN: give a number")]
    [InlineData("simulate --out x --scenario snow", "--scenario snow: name one of stratiform, convective, mixed")]
    [InlineData("train --data x", "--out")]
    [InlineData("train --data x --out y --epochs 0", "--epochs 0")]
    [InlineData("train --data x --out y --minutes -3", "--minutes")]
    [InlineData("train --data x --out y --hidden 8 0", "--hidden 0")]
    [InlineData("train --data x --out y --loss regret", "balanced")]
    [InlineData("forecast --data x --out y --at yesterday", "--at yesterday is no time")]
    [InlineData("forecast --data x --out y --at 2024-06-01T12:00Z --every 3", "--every")]
    [InlineData("forecast --data x --out y --lead 0", "--lead 0")]
    [InlineData("evaluate --data x --every 0", "--every 0")]
    [InlineData("db", "command")]
    public async Task WrongUsageIsOneLineThatNamesTheFlagAndTheHelp(string arguments, string named)
    {
        using var folder = new TemporaryFolder();

        var line = await Cli.In(folder).FailAsync(2, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.Contains("--help'", line, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }
}
