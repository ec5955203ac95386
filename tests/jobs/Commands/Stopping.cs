using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Training;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Tests.Storage;
using ConvLstm.Nowcast.Training;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

public sealed class Stopping(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("TERM")]
    public async Task TheServiceEndsCleanlyAndLeavesTheDatabaseRunning(string signal)
    {
        using var folder = new TemporaryFolder();
        using var service = Cli.In(folder, test.ConnectionString).Start("serve", "--urls", "http://127.0.0.1:0");
        var line = await service.StandardOutput.ReadLineAsync(_cancellation);
        Assert.Matches(@"^serving at http://127\.0\.0\.1:\d+; Ctrl-C ends it$", line);
        Assert.Matches(@"^dashboard: http://127\.0\.0\.1:\d+/hangfire\?token=\S+$",
            await service.StandardOutput.ReadLineAsync(_cancellation));
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(line!.Split(' ')[2].TrimEnd(';') + "/healthz/ready"), _cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        await SignalAsync(service, signal);

        Assert.Equal(new Outcome(0, "", ""), await Cli.EndOfAsync(service));
        await using var database = await NowcastDatabase.OpenAsync(test.ConnectionString, _cancellation);
        Assert.Empty(await database.Grids.ListAsync(_cancellation));
    }

    [Theory]
    [InlineData("TERM")]
    public async Task ATrainingThatIsStoppedSaysSoAndLeavesNoFile(string signal)
    {
        using var folder = new TemporaryFolder();
        using var archive = new Archive();
        using var training = Cli.In(folder)
            .Start("train", "--data", archive.Folder, "--out", "m.safetensors", "--minutes", "30", "--hidden", "4", "--crop", "32");
        // A decoder is started with the first radar file: the command is at work, and whoever stops it is heard.
        while (!training.HasExited && !ChildProcesses.Of(training.Id).Any())
            await Task.Delay(20, _cancellation);

        await SignalAsync(training, signal);
        var outcome = await Cli.EndOfAsync(training);

        Assert.Equal(1, outcome.ExitCode);
        Assert.True(outcome.Error == "nowcast: stopped before the end.\n", outcome.Error);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task ATrainingOnATerminalNamesItsPhaseKeepsItsBestWeightsAtCtrlCAndGoesOn()
    {
        using var folder = new TemporaryFolder();
        using var archive = new Archive();
        string[] line = ["train", "--data", archive.Folder, "--out", "m.safetensors", "--hidden", "4", "--crop", "32", "--past", "3",
            "--future", "3", "--batch", "16", "--pixel-windows", "4", "--pixel-steps", "5"];
        using var terminal = Cli.In(folder).OnTerminal([.. line, "--epochs", "2000"]);

        // The third epoch has begun, or a later one: two are validated.
        var shown = await terminal.ReadUntilAsync(new Regex("epoch ([3-9]|[0-9]{2,}),"), _cancellation);
        await terminal.TypeAsync("\u0003");
        var (exitCode, rest) = await terminal.EndAsync(_cancellation);

        // A phase that is over sooner than the bar is drawn is not to be seen here.
        Assert.Contains(TrainingPhases.Epochs, shown, StringComparison.Ordinal);
        Assert.Equal(1, exitCode);
        Assert.Contains("the best weights so far", rest, StringComparison.Ordinal);
        Assert.Contains("m.safetensors; the same line with --resume goes on", rest, StringComparison.Ordinal);
        int epochs;
        using (var stopped = Checkpoint.Load(folder.File("m.safetensors"), CPU))
        {
            Assert.InRange(double.Parse(stopped.Metadata.Training[ModelTraining.Done], null), 2.0 / 2000, 0.9);
            epochs = stopped.Metadata.Curve!.Count;
        }

        await Cli.In(folder).DoAsync([.. line, "--epochs", "1", "--resume"]);

        using (var resumed = Checkpoint.Load(folder.File("m.safetensors"), CPU))
            Assert.Equal((epochs + 1, "1"), (resumed.Metadata.Curve!.Count, resumed.Metadata.Training[ModelTraining.Done]));
        Assert.Contains("came to its end", await Cli.In(folder).FailAsync(1, [.. line, "--epochs", "1", "--resume"]),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("https://127.0.0.1:0")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://192.0.2.1:5080")]
    public async Task AnAddressThatCannotBeListenedOnIsNamed(string urls)
    {
        using var folder = new TemporaryFolder();

        var line = await Cli.In(folder, test.ConnectionString).FailAsync(1, "serve", "--urls", urls);

        Assert.Contains(urls, line, StringComparison.Ordinal);
        Assert.Contains("--urls", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAddressThatIsTakenIsNamed()
    {
        using var folder = new TemporaryFolder();
        using var other = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var urls = $"http://{other.LocalEndpoint}";

        Assert.Contains(urls, await Cli.In(folder, test.ConnectionString).FailAsync(1, "serve", "--urls", urls), StringComparison.Ordinal);
    }

    private async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync(_cancellation);
    }
}
