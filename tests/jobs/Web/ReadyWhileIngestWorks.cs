using System.Net;
using ConvLstm.Nowcast.Jobs.Ingest;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Web;
using ConvLstm.Nowcast.Storage.Jobs;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

public sealed class ReadyWhileIngestWorks(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task AServiceWhoseLastIngestFailedIsNotReady()
    {
        using var folder = new TemporaryFolder();
        await test.Database.Scans.StoreAsync(
            Tests.Storage.Sample.RadarFrame(Tests.Storage.Sample.LonLatGrid(width: 20, height: 20), DateTimeOffset.UtcNow.AddMinutes(-2)),
                "fresh.nc", cancellation: _cancellation);
        await using var web = WebService.Build(test.Database, "http://127.0.0.1:0", new NowcastSettings { Feed = folder.Path });
        await web.StartAsync(_cancellation);
        using var client = new HttpClient { BaseAddress = new Uri(web.Urls.Single()) };
        Assert.Equal(HttpStatusCode.OK, (await ReadyAsync(client)).Status);

        test.Database.Jobs.End(test.Database.Jobs.Begin(IngestJob.Name, "server", 1, "full"), JobOutcome.Failed, "No space left on device");
        var failed = await ReadyAsync(client);
        test.Database.Jobs.End(test.Database.Jobs.Begin(IngestJob.Name, "server", 1, "again"), JobOutcome.Succeeded, "");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.Status);
        Assert.Contains("the last run failed", failed.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await ReadyAsync(client)).Status);
    }

    private async Task<(HttpStatusCode Status, string Text)> ReadyAsync(HttpClient client)
    {
        using var answer = await client.GetAsync(new Uri("/healthz/ready", UriKind.Relative), _cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(_cancellation));
    }
}
