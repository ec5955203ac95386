using System.Net;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Web;
using ConvLstm.Nowcast.Tests.Jobs.Schedule;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

public sealed class HealthAndMetrics(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task AServiceIsReadyWhileItsModelIsThereAndItsFeedFresh()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal((HttpStatusCode.OK, true), await ReadyAsync(new NowcastSettings(), "ready"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), await ReadyAsync(new NowcastSettings { Model = "/nowhere/rain.safetensors" }, "/nowhere/rain.safetensors is not there"));
        var feed = new NowcastSettings { Feed = folder.Path };
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), await ReadyAsync(feed, "no scan has come in yet"));
        var grid = Tests.Storage.Some.LonLatGrid(width: 20, height: 20);
        await test.Database.Scans.StoreAsync(Tests.Storage.Some.RadarFrame(grid, DateTimeOffset.UtcNow.AddHours(-3)), "old.nc", cancellation: _cancellation);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), await ReadyAsync(feed, "180 minutes old"));

        await test.Database.Scans.StoreAsync(Tests.Storage.Some.RadarFrame(grid, DateTimeOffset.UtcNow.AddMinutes(-4)), "new.nc", cancellation: _cancellation);

        Assert.Equal((HttpStatusCode.OK, true), await ReadyAsync(feed, "4 minutes old"));
    }

    [Fact]
    public async Task MetricsAreNamedForPrometheusWithBaseUnits()
    {
        await using var web = WebService.Build(test.Database, "http://127.0.0.1:0", new NowcastSettings());
        await web.StartAsync(_cancellation);
        var job = new TestWork("counted \"job\"", (_, _) => Task.FromResult("done"));
        await using var server = await Server.StartAsync(test.Database, [job], _cancellation);
        server.Schedule.Trigger(job.Name);
        await test.Database.UntilAsync(job.Name, runs => runs is [{ FinishedAt: not null }], _cancellation);
        using var client = new HttpClient();

        var text = await client.GetStringAsync(new Uri(web.Urls.Single() + "/metrics"), _cancellation);

        Assert.Contains("# TYPE nowcast_job_runs_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("nowcast_job_runs_total{job=\"counted \\\"job\\\"\",outcome=\"succeeded\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("nowcast_job_duration_seconds_bucket{job=\"counted \\\"job\\\"\",outcome=\"succeeded\",le=\"+Inf\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("nowcast_job_running{job=\"counted \\\"job\\\"\"} 0\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMonitorMayAskByHead()
    {
        await using var web = WebService.Build(test.Database, "http://127.0.0.1:0", new NowcastSettings());
        await web.StartAsync(_cancellation);
        using var client = new HttpClient { BaseAddress = new Uri(web.Urls.Single()) };

        foreach (var (path, status) in new[] { ("/healthz/live", HttpStatusCode.OK), ("/", HttpStatusCode.OK), ("/api/grids", HttpStatusCode.OK), ("/api/runs/0", HttpStatusCode.NotFound), ("/api/events", HttpStatusCode.MethodNotAllowed) })
        {
            using var answer = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path), _cancellation);
            Assert.Equal((path, status), (path, answer.StatusCode));
            Assert.Empty(await answer.Content.ReadAsByteArrayAsync(_cancellation));
        }
    }

    private async Task<(HttpStatusCode Status, bool Says)> ReadyAsync(NowcastSettings settings, string words)
    {
        await using var web = WebService.Build(test.Database, "http://127.0.0.1:0", settings);
        await web.StartAsync(_cancellation);
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(web.Urls.Single() + "/healthz/ready"), _cancellation);
        return (answer.StatusCode, (await answer.Content.ReadAsStringAsync(_cancellation)).Contains(words, StringComparison.Ordinal));
    }
}
