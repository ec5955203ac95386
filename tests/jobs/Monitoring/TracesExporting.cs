using System.Collections.Concurrent;
using System.Text;
using ConvLstm.Nowcast.Tests.Jobs.Commands;
using ConvLstm.Nowcast.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Monitoring;

/// <summary>A service that forecasts at each scan, and a collector that hears its traces.</summary>
public sealed class TracesExporting(TestDatabase test, Archive archive) : IClassFixture<TestDatabase>, IClassFixture<Archive>
{
    private const int Older = 4;

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task AScanFromItsFileToTheNotifyIsOneTrace()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("feed"));
        var heard = new ConcurrentQueue<(string Trace, string Name)>();
        await using var collector = await CollectAsync(heard);
        var cli = Cli.In(folder, test.ConnectionString).With("NOWCAST_FEED", folder.File("feed")).With("NOWCAST_LEADMINUTES", "10")
            .With("NOWCAST_NOWCAST__ONNEWSCAN", "true")
            .With("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Urls.Single()).With("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
                .With("OTEL_BSP_SCHEDULE_DELAY", "200");
        foreach (var job in new[] { "INGEST", "NOWCAST", "VERIFY", "RETRAIN", "RETENTION", "WATCHDOG" })
            cli = cli.With($"NOWCAST_{job}__CRON", "0 0 29 2 *");
        await cli.DoAsync(["ingest", .. Enumerable.Range(0, Older).Select(archive.FileOf)]);
        using var server = cli.Start("serve", "--roles", "scheduler,ingest,forecast");
        try
        {
            Assert.StartsWith("working as", await server.StandardOutput.ReadLineAsync(_cancellation), StringComparison.Ordinal);
            Cli.Forget(server);
            // The forecast that was missed before the start is a trace of its own.
            while (!heard.Any(span => span.Name == "publish model"))
                await Task.Delay(50, _cancellation);
            File.Copy(archive.FileOf(Older), folder.File("feed/.coming"));
            File.Move(folder.File("feed/.coming"), folder.File($"feed/{Path.GetFileName(archive.FileOf(Older))}"));

            string[] whole = ["job ingest", "job nowcast", "forecast extrapolation", "publish extrapolation", "publish model"];
            while (!heard.GroupBy(span => span.Trace).Any(trace => whole.All(name => trace.Any(span => span.Name == name))))
                await Task.Delay(50, _cancellation);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync(CancellationToken.None);
        }
    }

    private async Task<WebApplication> CollectAsync(ConcurrentQueue<(string Trace, string Name)> heard)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = builder.Build();
        collector.MapPost("/v1/traces", async (HttpContext http) =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, _cancellation);
            // ExportTraceServiceRequest.resource_spans, ResourceSpans.scope_spans, ScopeSpans.spans; Span.trace_id and name:
            // https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
            foreach (var span in Fields(body.ToArray(), 1).SelectMany(resource => Fields(resource, 2))
                .SelectMany(scope => Fields(scope, 2)))
                heard.Enqueue((Convert.ToHexString(Fields(span, 1).Single()), Encoding.UTF8.GetString(Fields(span, 5).Single())));
            return Results.Ok();
        });
        collector.MapPost("/v1/metrics", () => Results.Ok());
        await collector.StartAsync(_cancellation);
        return collector;
    }

    /// <summary>The fields of a number that have a length: https://protobuf.dev/programming-guides/encoding/</summary>
    private static List<byte[]> Fields(byte[] message, int number)
    {
        var found = new List<byte[]>();
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message, ref at);
            switch (tag & 7)
            {
                case 0:
                    Varint(message, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    if (tag >> 3 == (ulong)number)
                        found.Add(message[at..(at + length)]);
                    at += length;
                    break;
                default:
                    at += 4;
                    break;
            }
        }
        return found;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var one = message[at++];
            value |= (ulong)(one & 0x7f) << shift;
            if (one < 0x80)
                return value;
        }
    }
}
