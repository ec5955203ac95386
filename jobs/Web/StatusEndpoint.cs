using ConvLstm.Nowcast.Jobs.Web.Access;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary>
/// <c>GET /api/status</c>: grids, scans, newest runs, the model; the version of the program for those who may see the dashboard.
/// </summary>
internal static class StatusEndpoint
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/status", GetAsync);
    }

    private static async Task<Status> GetAsync(HttpContext http, AccessRules access, NowcastDatabase database,
        CancellationToken cancellation)
    {
        var grids = new List<GridStatus>();
        foreach (var grid in await database.Grids.ListAsync(cancellation))
        {
            var name = grid.Grid.Name;
            var run = await database.Queries.LatestRunAsync(name, null, cancellation);
            grids.Add(new(
                name, grid.Grid.Width, grid.Grid.Height, grid.Grid.Proj, await database.Scans.CountAsync(name, cancellation),
                run is null ? null : new(run.IssueTime.UtcDateTime, run.Method, run.ModelVersion, run.LeadSeconds[^1] / 60.0),
                $"/api/forecast/latest?grid={Uri.EscapeDataString(name)}"));
        }
        return new(access.Of(http) >= AccessLevel.Look ? Checkpoint.ThisProgram : null,
            (await database.Models.PromotedAsync(cancellation))?.Version, grids);
    }

    private sealed record Status(string? Program, string? PromotedModel, IReadOnlyList<GridStatus> Grids);

    private sealed record GridStatus(string Name, int Width, int Height, string Proj, long Scans, NewestRun? NewestRun, string Forecast);

    private sealed record NewestRun(DateTime IssueTime, string Method, string ModelVersion, double LongestLeadMinutes);
}
