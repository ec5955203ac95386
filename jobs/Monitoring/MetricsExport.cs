using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace ConvLstm.Nowcast.Jobs.Monitoring;

/// <summary>
/// Metrics to a collector, where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names one
/// (https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
/// </summary>
internal static class MetricsExport
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <returns>Dispose it to send the last ones; null where there is no collector.</returns>
    internal static IDisposable? Start() => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Endpoint))
        ? null
        : Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService("nowcast"))
            .AddMeter(NowcastMeter.Name, "System.Runtime", "Npgsql")
            .AddOtlpExporter()
            .Build();
}
