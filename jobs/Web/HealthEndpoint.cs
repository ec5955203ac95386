using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Ingest;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Web.Access;
using ConvLstm.Nowcast.Storage;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary>
/// <c>GET /healthz/live</c>: the process answers. <c>GET /healthz/ready</c>: so does the database, the model that is set is there, the
/// feed is fresh, and its last run did not fail. Names of files and hosts are
/// for those who may see the dashboard.
/// </summary>
internal static class HealthEndpoint
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>The newest may be at work.</summary>
    private const int RunsLookedAt = 5;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz/live", () => TypedResults.Ok("alive"));
        routes.MapGet("/healthz/ready", ReadyAsync);
    }

    private static async Task<IResult> ReadyAsync(HttpContext http, AccessRules access, NowcastDatabase database, NowcastSettings settings,
        CancellationToken cancellation)
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
            await AddAsync("ingest", () => IngestAsync(database, settings, late.Token));
        }
        var ready = checks.TrueForAll(c => c.Ok);
        var mayLook = access.Of(http) >= AccessLevel.Look;
        var told = checks.Select(c => new { c.Name, c.Ok, Detail = mayLook ? c.Detail : c.ForStrangers ?? c.Detail });
        return Results.Json(new { status = ready ? "ready" : "not ready", checks = told },
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);

        async Task AddAsync(string name, Func<Task<Check>> look)
        {
            try
            {
                // A connection that hangs does not hear of the token at once.
                checks.Add(await look().WaitAsync(late.Token));
            }
            catch (Exception e) when (e is NpgsqlException or ReportedException
                || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                checks.Add(new(name, false, e is OperationCanceledException ? "the database does not answer in time" : e.Message,
                    "the database does not answer"));
            }
        }
    }

    /// <summary>Without a model extrapolation answers, which is no fault; a file that is set and missing is one.</summary>
    private static async Task<Check> ModelAsync(NowcastDatabase database, NowcastSettings settings, CancellationToken cancellation) =>
        !string.IsNullOrEmpty(settings.Model)
            ? new("model", File.Exists(settings.Model),
                File.Exists(settings.Model) ? settings.Model : $"{settings.Model} is not there: correct NOWCAST_MODEL",
                File.Exists(settings.Model) ? "the file of NOWCAST_MODEL is there" : "the file of NOWCAST_MODEL is not there")
            : await database.Models.PromotedAsync(cancellation) is { } promoted ? new("model", true, promoted.Version, "one is promoted")
                : new("model", true, "none is promoted");

    private static async Task<Check> FreshnessAsync(NowcastDatabase database, NowcastSettings settings, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(settings.Feed))
            return new("freshness", true, "no feed is set");
        var feeds = await database.Feeds.ListAsync(cancellation);
        if (feeds.Count == 0)
            return new("freshness", false, "no scan has come in yet");
        var now = TimeProvider.System.GetUtcNow();
        if (feeds.Max(f => f.NewestBy(now)) is not { } newest)
            return new("freshness", false, "all scans are from the future: look at the clock of what delivers the feed");
        var age = now - newest;
        return new("freshness", age.TotalMinutes <= settings.Jobs.Watchdog.MaxAgeMinutes,
            string.Create(CultureInfo.InvariantCulture, $"the newest scan is {age.TotalMinutes:0} minutes old"));
    }

    /// <summary>
    /// A feed that is fresh still, and whose last run failed, will not be fresh for long: its disk is full, for instance.
    /// </summary>
    private static async Task<Check> IngestAsync(NowcastDatabase database, NowcastSettings settings, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(settings.Feed))
            return new("ingest", true, "no feed is set");
        var last = (await database.Jobs.ListAsync(IngestJob.Name, RunsLookedAt, cancellation))
            .FirstOrDefault(run => run.FinishedAt is not null);
        return last?.Outcome == "failed" ? new("ingest", false, $"the last run failed: {last.Message}", "the last run failed")
            : new("ingest", true, "no run has failed just now");
    }

    private sealed record Check(string Name, bool Ok, string Detail, string? ForStrangers = null);
}
