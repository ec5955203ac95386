using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary><c>GET /healthz/live</c>: the process answers. <c>GET /healthz/ready</c>: the database does too.</summary>
internal static class HealthEndpoint
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz/live", () => TypedResults.Ok("alive"));
        routes.MapGet("/healthz/ready", async (NowcastDatabase database, CancellationToken cancellation) =>
        {
            await using var question = database.DataSource.CreateCommand("SELECT 1");
            await question.ExecuteScalarAsync(cancellation);
            return TypedResults.Ok("ready");
        });
    }
}
