using System.Text.Json;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

public sealed class SettingsByCommand : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task EverySettingSaysWhatItIsFor()
    {
        using var settings = JsonDocument.Parse(await Cli.In(_folder).DoAsync("settings", "--as", "json"));

        Assert.Contains(settings.RootElement.EnumerateArray(),
            s => s.GetProperty("variable").GetString() == "NOWCAST_RETRAIN__DAYS" && s.GetProperty("default").GetString() == "14");
        Assert.All(settings.RootElement.EnumerateArray(),
            s => Assert.True(s.GetProperty("meaning").GetString()!.Length > 0, $"{s.GetProperty("variable")} has no meaning"));
    }

    [Fact]
    public async Task ThePageOfSettingsIsThatOfTheProgram() => Assert.Equal(
        await File.ReadAllTextAsync(RepositoryFolder.File("ops", "docs", "settings.md"), TestContext.Current.CancellationToken),
        await Cli.In(_folder).DoAsync("settings", "--as", "markdown"));

    [Fact]
    public async Task TheCommentedFileIsReadAndALineWithoutItsCommentCounts()
    {
        var file = await Cli.In(_folder).DoAsync("settings", "--as", "appsettings");
        await File.WriteAllTextAsync(_folder.File("s.json"),
            file.Replace("// \"LeadMinutes\": 60", "\"LeadMinutes\": 0", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder.File("as-it-comes.json"), file, TestContext.Current.CancellationToken);

        Assert.Contains("LEADMINUTES is 0", await Cli.In(_folder).With("NOWCAST_CONFIG", "s.json").FailAsync(1, "run"),
            StringComparison.Ordinal);
        // Reads the file, and goes on to the database that is not there.
        Assert.Contains("cannot be reached", await Cli.In(_folder).With("NOWCAST_CONFIG", "as-it-comes.json").FailAsync(1, "run"),
            StringComparison.Ordinal);
        Assert.Contains("NOWCAST_CONFIG", await Cli.In(_folder).With("NOWCAST_CONFIG", "missing.json").FailAsync(1, "run"),
            StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
