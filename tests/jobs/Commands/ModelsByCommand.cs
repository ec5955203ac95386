using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

public sealed class ModelsByCommand(TestDatabase test, TrainedModel model) : IClassFixture<TestDatabase>, IClassFixture<TrainedModel>
{
    [Fact]
    public async Task ACheckpointIsImportedShownPromotedAndRolledBack()
    {
        using var folder = new TemporaryFolder();
        var cli = Cli.In(folder, test.ConnectionString);
        Assert.Equal("there is no model yet: the first forecast takes the one that comes with the program\n",
            await cli.DoAsync("models", "list"));

        var version = (await cli.DoAsync("models", "import", model.File)).Split(' ')[0];
        Assert.StartsWith($"  {version}  ", await cli.DoAsync("models", "list"), StringComparison.Ordinal);
        Assert.Equal($"{version} forecasts from now on\n", await cli.DoAsync("models", "promote", version));
        Assert.StartsWith($"* {version}  ", await cli.DoAsync("models", "list"), StringComparison.Ordinal);
        Assert.Contains("validation_loss", await cli.DoAsync("models", "show", version), StringComparison.Ordinal);
        // A person is asked, and told what comes of it; a script is not.
        using (var terminal = cli.OnTerminal("models", "rollback"))
        {
            await terminal.ReadUntilAsync("Afterwards extrapolation forecasts.", TestContext.Current.CancellationToken);
            await terminal.TypeAsync("n\r");
            Assert.Contains("nothing was changed", (await terminal.EndAsync(TestContext.Current.CancellationToken)).Shown,
                StringComparison.Ordinal);
        }
        Assert.StartsWith($"* {version}  ", await cli.DoAsync("models", "list"), StringComparison.Ordinal);
        Assert.Equal("no model forecasts from now on: extrapolation answers\n", await cli.DoAsync("models", "rollback", "--yes"));

        Assert.Contains("models list", await cli.FailAsync(1, "models", "show", "unknown"), StringComparison.Ordinal);
        Assert.Contains("unknown", await cli.FailAsync(1, "models", "promote", "unknown"), StringComparison.Ordinal);
        await cli.FailAsync(1, "models", "rollback");
    }
}
