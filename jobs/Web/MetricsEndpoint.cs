using ConvLstm.Nowcast.Jobs.Monitoring;

namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary><c>GET /metrics</c>: what this server counts, as text for Prometheus.</summary>
internal static class MetricsEndpoint
{
    internal static void Map(IEndpointRouteBuilder routes) => routes.MapGet(
        "/metrics", (PrometheusText metrics) => TypedResults.Text(metrics.Write(), "text/plain; version=0.0.4; charset=utf-8"));
}
