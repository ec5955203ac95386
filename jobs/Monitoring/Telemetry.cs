using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ConvLstm.Nowcast.Jobs.Monitoring;

/// <summary>
/// Metrics and traces by OpenTelemetry: metrics at <c>/metrics</c> of a web server, both to a collector where
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>
/// names one (https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
/// </summary>
internal static class Telemetry
{
    /// <summary>Where Prometheus asks.</summary>
    internal const string MetricsPath = "/metrics";

    private const string Service = "nowcast";

    private const string Collector = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // What each histogram is to tell apart, in seconds: a poll of the feed from a training, and a forecast in time from a late one.
    private static readonly double[] JobSeconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400, 43_200];
    private static readonly double[] DelaySeconds = [5, 10, 20, 30, 60, 120, 180, 300, 450, 600, 900, 1800, 3600, 7200, 86_400];

    /// <param name="services">Of a server.</param>
    /// <param name="isWeb">It answers Prometheus.</param>
    internal static void AddTelemetry(this IServiceCollection services, bool isWeb)
    {
        var hasCollector = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Collector));
        if (!isWeb && !hasCollector)
            return;
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(Service));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(NowcastMeter.Name, "Npgsql", "System.Runtime").AddProcessInstrumentation()
                .AddView(JobMetrics.DurationName, new ExplicitBucketHistogramConfiguration { Boundaries = JobSeconds })
                .AddView(ForecastMetrics.DelayName, new ExplicitBucketHistogramConfiguration { Boundaries = DelaySeconds });
            if (isWeb)
                metrics.AddAspNetCoreInstrumentation().AddPrometheusExporter();
            if (hasCollector)
                metrics.AddOtlpExporter();
        });
        if (hasCollector)
            telemetry.WithTracing(traces => traces.AddSource(JobTraces.SourceName).AddNpgsql().AddAspNetCoreInstrumentation()
                .AddOtlpExporter());
    }
}
