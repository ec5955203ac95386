using ConvLstm.Nowcast.Jobs.Schedule;
using ConvLstm.Nowcast.Storage;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary><c>/jobs</c>: the pages, and the actions of their forms.</summary>
internal static class DashboardEndpoints
{
    private const int RunsShown = 50;

    internal static void AddServices(IServiceCollection services, ISchedule schedule)
    {
        services.AddSingleton(schedule);
        // A form does not outlive the server that made it; nothing is written to a disk.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddAntiforgery(options => (options.Cookie.Name, options.Cookie.SameSite, options.SuppressXFrameOptionsHeader) = ("nowcast-forms", SameSiteMode.Strict, true));
    }

    internal static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("/jobs").AddEndpointFilter<DashboardGuard>();
        pages.MapGet("", OverviewAsync);
        pages.MapGet("/dashboard.css", () => DashboardAssets.Style);
        pages.MapGet("/dashboard.js", () => DashboardAssets.Script);
        pages.MapGet("/runs/{id:long}", RunAsync);
        pages.MapGet("/{job}", JobAsync);
        var actions = pages.MapGroup("").AddEndpointFilter<AntiforgeryFilter>();
        actions.MapPost("/{job}/trigger", (string job, ISchedule schedule, CancellationToken c) => DoAsync(() => schedule.TriggerAsync(job, c)));
        actions.MapPost("/{job}/pause", (string job, ISchedule schedule, CancellationToken c) => DoAsync(() => schedule.PauseAsync(job, c)));
        actions.MapPost("/{job}/resume", (string job, ISchedule schedule, CancellationToken c) => DoAsync(() => schedule.ResumeAsync(job, c)));
        actions.MapPost("/{job}/cancel", (string job, NowcastDatabase database, CancellationToken c) => DoAsync(() => database.Jobs.RequestCancelAsync(job, c)));
        actions.MapPost("/models/{version}/promote", (string version, NowcastDatabase database, CancellationToken c) => DoAsync(() => database.Models.PromoteAsync(version, "promoted on the dashboard", c)));
        actions.MapPost("/models/rollback", (NowcastDatabase database, CancellationToken c) => DoAsync(() => database.Models.RollBackAsync(c)));
    }

    private static async Task<IResult> OverviewAsync(HttpContext http, NowcastDatabase database, ISchedule schedule, IAntiforgery antiforgery, CancellationToken cancellation)
    {
        var view = new Overview(
            await schedule.JobsAsync(cancellation), await database.Jobs.NewestAsync(cancellation), await database.Servers.ListAsync(cancellation),
            await database.News.ListAsync(cancellation), await database.Models.ListAsync(cancellation));
        return Page("Jobs", OverviewPage.Of(view, Token(http, antiforgery), TimeProvider.System.GetUtcNow()));
    }

    private static async Task<IResult> JobAsync(string job, HttpContext http, NowcastDatabase database, ISchedule schedule, IAntiforgery antiforgery, CancellationToken cancellation)
    {
        var known = (await schedule.JobsAsync(cancellation)).FirstOrDefault(j => j.Name == job);
        var runs = await database.Jobs.ListAsync(job, RunsShown, cancellation);
        return known is null && runs.Count == 0
            ? Results.Problem($"There is no job '{job}'; /jobs names those there are.", statusCode: StatusCodes.Status404NotFound)
            : Page(job, JobPage.Of(job, known, runs, Token(http, antiforgery), TimeProvider.System.GetUtcNow()));
    }

    private static async Task<IResult> RunAsync(long id, NowcastDatabase database, CancellationToken cancellation) =>
        await database.Jobs.FindAsync(id, cancellation) is var (run, log, details)
            ? Page($"{run.Job} {run.JobRunId}", RunPage.Of(run, log, details, TimeProvider.System.GetUtcNow()))
            : Results.Problem($"There is no run {id}.", statusCode: StatusCodes.Status404NotFound);

    /// <summary>Back to the page where it was asked, so that reloading it does not ask again.</summary>
    private static async Task<IResult> DoAsync(Func<Task> action)
    {
        await action();
        return Results.Redirect("/jobs");
    }

    private static Html Token(HttpContext http, IAntiforgery antiforgery)
    {
        var tokens = antiforgery.GetAndStoreTokens(http);
        return Html.Of($"<input type=\"hidden\" name=\"{tokens.FormFieldName}\" value=\"{tokens.RequestToken}\">");
    }

    private static IResult Page(string title, Html body) => Results.Content(Layout.Of(title, body).ToString(), "text/html; charset=utf-8");
}
