using System.Globalization;
using ConvLstm.Nowcast.Tests.Jobs.Commands;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Ingest;

/// <summary>A service that forecasts at each scan, as a process of its own.</summary>
public sealed class ScansInTheFeed(TestDatabase test, Archive archive) : IClassFixture<TestDatabase>, IClassFixture<Archive>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task EachIsForecastAsItComesByTheSameProcessWhichEndsWithTheService()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("feed"));
        var cli = Cli.In(folder, test.ConnectionString).With("NOWCAST_FEED", folder.File("feed")).With("NOWCAST_LEADMINUTES", "10")
            .With("NOWCAST_NOWCAST__ONNEWSCAN", "true");
        foreach (var job in new[] { "INGEST", "NOWCAST", "VERIFY", "RETRAIN", "RETENTION", "WATCHDOG" })
            cli = cli.With($"NOWCAST_{job}__CRON", "0 0 29 2 *");
        await cli.DoAsync(["ingest", .. Enumerable.Range(0, 4).Select(archive.FileOf)]);
        using var server = cli.Start("serve", "--roles", "scheduler,ingest,forecast");
        int[] workers = [];
        try
        {
            Assert.StartsWith("working as", await server.StandardOutput.ReadLineAsync(_cancellation), StringComparison.Ordinal);
            Cli.Forget(server);
            // Nobody forecast the newest of those that were there: that is made up for at the start.
            foreach (var scan in new[] { 3, 4, 5 })
            {
                if (scan > 3)
                {
                    File.Copy(archive.FileOf(scan), folder.File("feed/.coming"));
                    File.Move(folder.File("feed/.coming"), folder.File($"feed/{Path.GetFileName(archive.FileOf(scan))}"));
                }
                while (await test.ScalarAsync<long>(
                    "SELECT count(*) FROM nowcast.run WHERE method = 'model' AND usable AND issue_time = $1",
                    archive.Frames[scan].ValidTime) == 0)
                    await Task.Delay(100, _cancellation);
                var now = Workers(server.Id);
                Assert.True(workers.Length == 0 || workers.SequenceEqual(now),
                    $"{string.Join(' ', workers)} became {string.Join(' ', now)}");
                Assert.Single(workers = now);
            }
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync(CancellationToken.None);
        }
        while (workers.Any(id => Directory.Exists($"/proc/{id}")))
            await Task.Delay(50, _cancellation);
    }

    private static int[] Workers(int server) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && Read($"/proc/{id}/stat") is { Length: > 0 } stat
                && stat[(stat.LastIndexOf(')') + 4)..].Split(' ')[0] == $"{server}"
                && Read($"/proc/{id}/cmdline").Contains("job-worker", StringComparison.Ordinal)),
    ];

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            // The process has ended meanwhile.
            return "";
        }
    }
}
