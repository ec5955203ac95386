using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary>
/// <c>GET /healthz/live</c>: the process answers. <c>GET /healthz/ready</c>: so does the database, the model that is set is there, and the feed is fresh.
/// </summary>
internal static class HealthEndpoint
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz/live", () => TypedResults.Ok("alive"));
        routes.MapGet("/healthz/ready", ReadyAsync);
    }

    private static async Task<IResult> ReadyAsync(NowcastDatabase database, NowcastSettings settings, CancellationToken cancellation)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(Patience);
        var checks = new List<Check>();
        await AddAsync("database", async () =>
        {
            await using var question = database.DataSource.CreateCommand("SELECT 1");
            await question.ExecuteScalarAsync(late.Token);
            return new("database", true, "answers");
        });
        if (checks[0].Ok)
        {
            await AddAsync("model", () => ModelAsync(database, settings, late.Token));
            await AddAsync("freshness", () => FreshnessAsync(database, settings, late.Token));
        }
        var ready = checks.TrueForAll(c => c.Ok);
        return Results.Json(new { status = ready ? "ready" : "not ready", checks }, statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);

        async Task AddAsync(string name, Func<Task<Check>> look)
        {
            try
            {
                checks.Add(await look());
            }
            catch (Exception e) when (e is NpgsqlException or ReportedException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                checks.Add(new(name, false, e is OperationCanceledException ? "the database does not answer in time" : e.Message));
            }
        }
    }

    /// <summary>Without a model extrapolation answers, which is no fault; a file that is set and missing is one.</summary>
    private static async Task<Check> ModelAsync(NowcastDatabase database, NowcastSettings settings, CancellationToken cancellation) =>
        !string.IsNullOrEmpty(settings.Model)
            ? new("model", File.Exists(settings.Model), File.Exists(settings.Model) ? settings.Model : $"{settings.Model} is not there: correct NOWCAST_MODEL")
            : new("model", true, (await database.Models.PromotedAsync(cancellation))?.Version ?? "none is promoted");

    private static async Task<Check> FreshnessAsync(NowcastDatabase database, NowcastSettings settings, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(settings.Feed))
            return new("freshness", true, "no feed is set");
        var feeds = await database.News.ListAsync(cancellation);
        if (feeds.Count == 0)
            return new("freshness", false, "no scan has come in yet");
        var now = TimeProvider.System.GetUtcNow();
        if (feeds.Max(f => f.NewestBy(now)) is not { } newest)
            return new("freshness", false, "all scans are from the future: look at the clock of what delivers the feed");
        var age = now - newest;
        return new("freshness", age.TotalMinutes <= settings.Jobs.Watchdog.MaxAgeMinutes, string.Create(CultureInfo.InvariantCulture, $"the newest scan is {age.TotalMinutes:0} minutes old"));
    }

    private sealed record Check(string Name, bool Ok, string Detail);
}
