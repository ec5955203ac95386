using System.Net;
using System.Text.RegularExpressions;
using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Web;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Tests.Jobs.Hosting;
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
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true),
            await ReadyAsync(new NowcastSettings { Model = "/nowhere/rain.safetensors" }, "the file of NOWCAST_MODEL is not there"));
        var feed = new NowcastSettings { Feed = folder.Path };
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), await ReadyAsync(feed, "no scan has come in yet"));
        var grid = Tests.Storage.Sample.LonLatGrid(width: 20, height: 20);
        await test.Database.Scans.StoreAsync(Tests.Storage.Sample.RadarFrame(grid, DateTimeOffset.UtcNow.AddHours(-3)), "old.nc",
            cancellation: _cancellation);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), await ReadyAsync(feed, "180 minutes old"));

        await test.Database.Scans.StoreAsync(Tests.Storage.Sample.RadarFrame(grid, DateTimeOffset.UtcNow.AddMinutes(-4)), "new.nc",
            cancellation: _cancellation);

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

        var text = Samples(await client.GetStringAsync(new Uri(web.Urls.Single() + "/metrics"), _cancellation));

        Assert.Equal("1", text["nowcast_job_runs_total{job=\"counted \\\"job\\\"\",outcome=\"succeeded\"}"]);
        Assert.Equal("0", text["nowcast_job_runs_total{job=\"counted \\\"job\\\"\",outcome=\"failed\"}"]);
        Assert.Equal("1", text["nowcast_job_duration_seconds_bucket{job=\"counted \\\"job\\\"\",outcome=\"succeeded\",le=\"+Inf\"}"]);
        Assert.Equal("0", text["nowcast_job_running{job=\"counted \\\"job\\\"\"}"]);
        Assert.Equal("1", text["nowcast_database_up"]);
    }

    [Fact]
    public async Task AServiceThatHasDoneNothingYetHasItsSeries()
    {
        using var folder = new TemporaryFolder();
        var settings = new NowcastSettings { Feed = folder.Path };
        await HangfireTables.InstallAsync(test.Database, _cancellation);
        await using var web = WebService.Build(
            test.Database, "http://127.0.0.1:0", settings, services => services.AddJobs(test.Database,
                new ServiceOptions { Settings = settings, Roles = [Roles.Web], Jobs = JobCatalog.Of(settings) }));
        await web.StartAsync(_cancellation);
        using var client = new HttpClient();

        var text = Samples(await client.GetStringAsync(new Uri(web.Urls.Single() + "/metrics"), _cancellation));

        Assert.Equal("0", text["nowcast_job_runs_total{job=\"retrain\",outcome=\"failed\"}"]);
        Assert.Equal("0", text["nowcast_ingest_scans_total{quality=\"bad\"}"]);
        Assert.Contains("nowcast_disk_free_bytes{folder=\"feed\"}", text.Keys);
        Assert.Contains(text.Keys, name => name.StartsWith("process_memory_usage_bytes", StringComparison.Ordinal));
        Assert.Contains(text.Keys, name => name.StartsWith("dotnet_gc_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StrangersAreToldThatSomethingIsWrongAndNotWhereItLies()
    {
        const string Missing = "/secret/place/rain.safetensors";
        var settings = new NowcastSettings { Model = Missing, Dashboard = new() { User = "duty", Password = "officer" } };
        await using var web = WebService.Build(test.Database, "http://127.0.0.1:0", settings);
        await web.StartAsync(_cancellation);
        using var client = new HttpClient { BaseAddress = new Uri(web.Urls.Single()) };
        string[] paths = ["/healthz/ready", "/api/status", "/metrics"];

        foreach (var path in paths)
        {
            using var answer = await client.GetAsync(path, _cancellation);
            var text = await answer.Content.ReadAsStringAsync(_cancellation);
            Assert.DoesNotContain("/secret", text, StringComparison.Ordinal);
            Assert.DoesNotContain(Checkpoint.ThisProgram, text, StringComparison.Ordinal);
        }
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("duty:officer"u8));
        using var ready = await client.GetAsync("/healthz/ready", _cancellation);
        Assert.Contains(Missing, await ready.Content.ReadAsStringAsync(_cancellation), StringComparison.Ordinal);
        Assert.Contains(Checkpoint.ThisProgram, await client.GetStringAsync("/api/status", _cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMonitorMayAskByHead()
    {
        await using var web = WebService.Build(test.Database, "http://127.0.0.1:0", new NowcastSettings());
        await web.StartAsync(_cancellation);
        using var client = new HttpClient { BaseAddress = new Uri(web.Urls.Single()) };

        foreach (var (path, status) in new[] { ("/healthz/live", HttpStatusCode.OK), ("/", HttpStatusCode.OK),
            ("/api/grids", HttpStatusCode.OK), ("/api/runs/0", HttpStatusCode.NotFound), ("/api/events", HttpStatusCode.MethodNotAllowed) })
        {
            using var answer = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path), _cancellation);
            Assert.Equal((path, status), (path, answer.StatusCode));
            Assert.Empty(await answer.Content.ReadAsByteArrayAsync(_cancellation));
        }
    }

    /// <summary>Each sample without the scope of its instrument: https://prometheus.io/docs/instrumenting/exposition_formats/</summary>
    private static Dictionary<string, string> Samples(string text)
    {
        var samples = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var (series, value) = (line[..line.LastIndexOf(' ')], line[(line.LastIndexOf(' ') + 1)..]);
            samples[Regex.Replace(series, "otel_scope_[a-z_]+=\"[^\"]*\",?", "").Replace("{}", "", StringComparison.Ordinal)] = value;
        }
        return samples;
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
