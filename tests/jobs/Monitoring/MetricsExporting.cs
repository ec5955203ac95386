using System.Collections.Concurrent;
using System.Net;
using System.Text;
using ConvLstm.Nowcast.Jobs.Watchdog;
using ConvLstm.Nowcast.Tests.Jobs.Commands;
using ConvLstm.Nowcast.Tests.Jobs.Hosting;
using ConvLstm.Nowcast.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Monitoring;

/// <summary>A service that is told of a collector, and a collector that hears it.</summary>
public sealed class MetricsExporting(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    // Both protocols of https://opentelemetry.io/docs/specs/otlp/ that carry protobuf; the first is the default.
    [Theory]
    [InlineData(null, "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export")]
    [InlineData("http/protobuf", "/v1/metrics")]
    public async Task RunsOfJobsReachTheCollector(string? protocol, string path)
    {
        using var folder = new TemporaryFolder();
        var heard = new ConcurrentQueue<string>();
        await using var collector = await CollectAsync(path, protocol is null ? HttpProtocols.Http2 : HttpProtocols.Http1, heard);
        var cli = Cli.In(folder, test.ConnectionString).With("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Urls.Single())
            .With("OTEL_METRIC_EXPORT_INTERVAL", "500");
        if (protocol is not null)
            cli = cli.With("OTEL_EXPORTER_OTLP_PROTOCOL", protocol);
        using var serve = cli.Start("serve", "--roles", "scheduler");
        try
        {
            Assert.NotNull(await serve.StandardOutput.ReadLineAsync(_cancellation));
            Cli.Forget(serve);
            await using var remote = await Server.RemoteAsync(test.Database, _cancellation);
            remote.Schedule.Trigger(WatchdogJob.Name);

            while (!heard.Any(h => h.Contains("nowcast.job.runs", StringComparison.Ordinal)
                && h.Contains("watchdog", StringComparison.Ordinal)))
                await Task.Delay(50, _cancellation);
        }
        finally
        {
            serve.Kill(entireProcessTree: true);
            await serve.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>Names are plain bytes in protobuf: what is heard can be searched as text.</summary>
    private async Task<WebApplication> CollectAsync(string path, HttpProtocols protocols, ConcurrentQueue<string> heard)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        var collector = builder.Build();
        collector.MapPost(path, async (HttpContext http) =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, _cancellation);
            heard.Enqueue(Encoding.Latin1.GetString(body.ToArray()));
            if (protocols == HttpProtocols.Http2)
            {
                // An empty message, and that all went well: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
                http.Response.ContentType = "application/grpc";
                http.Response.AppendTrailer("grpc-status", "0");
                await http.Response.Body.WriteAsync(new byte[5], _cancellation);
            }
        });
        await collector.StartAsync(_cancellation);
        return collector;
    }
}
