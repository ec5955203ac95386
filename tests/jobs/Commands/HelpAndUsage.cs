using ConvLstm.Nowcast.Jobs.Commands;
using ConvLstm.Nowcast.Jobs.Feed;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

public sealed class HelpAndUsage
{
    // Verbs that the program runs itself with are not for people.
    private static IEnumerable<System.CommandLine.Command> Shown =>
        Verbs.All(Terminal.OfProcess(), new(() => DecoderOptions.Default)).Where(v => !v.Hidden);

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
        Assert.Matches(@"Examples:\s+(NOWCAST_DB=\S+ )?nowcast ", help);
    }

    [Fact]
    public async Task TheNameAlonePrintsTheHelp()
    {
        using var folder = new TemporaryFolder();

        Assert.Equal(await Cli.In(folder).DoAsync("--help"), await Cli.In(folder).DoAsync());
    }

    [Fact]
    public async Task ASettingThatIsNoneIsNamedOnce()
    {
        using var folder = new TemporaryFolder();

        var outcome = await Cli.In(folder).With("NOWCAST_LEADMINUTE", "30").With("NOWCAST_RETRAIN__HIDDEN__0", "8").RunAsync("--version");

        Assert.Equal(["nowcast: NOWCAST_LEADMINUTE is no setting and is not read. Did you mean 'NOWCAST_LEADMINUTES'?"],
            outcome.ErrorLines);
        Assert.Equal(0, outcome.ExitCode);
    }

    [Fact]
    public async Task ASettingThatCannotBeReadIsNamed()
    {
        using var folder = new TemporaryFolder();

        Assert.StartsWith("nowcast: NOWCAST_NOWCAST__MEMORYMB cannot be read",
            await Cli.In(folder).With("NOWCAST_NOWCAST__MEMORYMB", "much").FailAsync(1, "run"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AllSettingsThatAreWrongAreNamedAtOnce()
    {
        using var folder = new TemporaryFolder();
        var cli = Cli.In(folder).With("NOWCAST_NOWCAST__MEMORYMB", "much").With("NOWCAST_RETRAIN__HIDDEN__0", "wide")
            .With("NOWCAST_LEADMINUTES", "0")
            .With("NOWCAST_RETRAIN__CRON", "at night").With("NOWCAST_VERIFY__DAYS", "-1").With("NOWCAST_DASHBOARD__USER", "operator");

        var error = (await cli.RunAsync("run")).Error;

        string[] wrong = ["NOWCAST_NOWCAST__MEMORYMB cannot be read", "NOWCAST_RETRAIN__HIDDEN cannot be read", "NOWCAST_LEADMINUTES is 0",
            "NOWCAST_RETRAIN__CRON is 'at night'",
            "NOWCAST_VERIFY__DAYS is -1", "NOWCAST_DASHBOARD__PASSWORD only one is set"];
        Assert.All(wrong, text => Assert.Contains(text, error, StringComparison.Ordinal));
        Assert.Equal(wrong.Length, error.TrimEnd().Split('\n').Length);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    public async Task TheShellCompletesVerbsAndFlags(string shell)
    {
        using var folder = new TemporaryFolder();

        var script = await Cli.In(folder).DoAsync("completion", shell);
        var verbs = await Cli.In(folder).DoAsync("[suggest:11]", "nowcast fore");
        var flags = await Cli.In(folder).DoAsync("[suggest:19]", "nowcast forecast --l");

        Assert.Contains("[suggest:", script, StringComparison.Ordinal);
        Assert.Equal("forecast", verbs.Trim());
        Assert.Equal("--lead", flags.Trim());
    }

    [Fact]
    public async Task BashTakesTheScriptOfCompletion()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("nowcast.bash"), await Cli.In(folder).DoAsync("completion", "bash"),
            TestContext.Current.CancellationToken);
        var start = new System.Diagnostics.ProcessStartInfo("bash",
            ["--norc", "-c", "source nowcast.bash; COMP_LINE='nowcast models pro'; COMP_POINT=${#COMP_LINE}; "
                + "COMP_WORDS=(nowcast models pro); COMP_CWORD=2; _nowcast; echo \"${COMPREPLY[@]}\""])
        {
            WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{AppContext.BaseDirectory}:{start.Environment["PATH"]}";
        using var bash = System.Diagnostics.Process.Start(start)!;

        Assert.Equal("promote", (await Cli.EndOfAsync(bash)).Out.Trim());
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
    [InlineData("forecats", "'forecats'. Did you mean 'forecast'?")]
    [InlineData("models lst", "Did you mean 'list'?")]
    [InlineData("forecast --data x --out y --lede 30", "'--lede'. Did you mean '--lead'?")]
    [InlineData("completion fish", "fish")]
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
