using ConvLstm.Nowcast.Jobs.Schedule;
using ConvLstm.Nowcast.Storage.Jobs;
using ConvLstm.Nowcast.Storage.Models;
using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>What the first page shows.</summary>
internal sealed record Overview(
    IReadOnlyList<ScheduledJob> Jobs, IReadOnlyList<JobRun> Newest, IReadOnlyList<ServerRow> Servers, IReadOnlyList<GridNews> Feeds, IReadOnlyList<StoredModel> Models);

/// <summary><c>/jobs</c>: jobs, feeds, servers, models.</summary>
internal static class OverviewPage
{
    internal static Html Of(Overview view, Html token, DateTimeOffset now) => Html.Of($"""
        <h1>Jobs</h1>
        <section class="cards">{Html.Join(view.Jobs.Select(job => Job(job, view.Newest.FirstOrDefault(r => r.Job == job.Name), token, now)))}</section>
        {(view.Jobs.Count == 0 ? Html.Of($"<p>No jobs are written down yet: start a server with the role scheduler.</p>") : Html.Empty)}
        <h2>Feeds</h2>
        <table><thead><tr><th>grid<th>newest scan<th>every<th>forecast</thead><tbody>{Html.Join(view.Feeds.Select(f => Feed(f, now)))}</tbody></table>
        {(view.Feeds.Count == 0 ? Html.Of($"<p>No scan has come in yet.</p>") : Html.Empty)}
        <h2>Servers</h2>
        <table><thead><tr><th>server<th>roles<th>seen</thead><tbody>{Html.Join(view.Servers.Select(s => Server(s, now)))}</tbody></table>
        <h2>Models</h2>
        {ModelsSection.Of(view.Models, token, now)}
        """);

    private static Html Job(ScheduledJob job, JobRun? last, Html token, DateTimeOffset now) => Html.Of($"""
        <article id="job-{job.Name}" class="{(last?.Outcome ?? "")}{(job.IsPaused ? " paused" : "")}">
        <h3><a href="/jobs/{job.Name}">{job.Name}</a> {(last is null ? Html.Empty : Parts.Outcome(last))}{(job.IsPaused ? Html.Of($" <span class=\"outcome paused\">paused</span>") : Html.Empty)}</h3>
        <p>{job.Description}</p>
        <dl><dt>schedule<dd><code>{job.Cron}</code>
        <dt>next<dd>{(job.IsPaused ? Html.Of($"when asked") : Parts.When(job.Next, now))}
        {(last is null ? Html.Of($"<dt>last<dd>never") : Html.Of($"<dt>last<dd>{Parts.When(last.StartedAt, now)}, {(last.Outcome == "running" ? "for" : "took")} {Parts.Duration(last, now)}"))}</dl>
        {(last is null ? Html.Empty : Html.Of($"{Parts.Progress(last)}<p class=\"message\">{last.Message}</p>"))}
        <div class="actions">{JobActions.Of(job.Name, job.IsPaused, last?.Outcome == "running", token)}</div>
        </article>
        """);

    private static Html Feed(GridNews feed, DateTimeOffset now) => Html.Of($"""
        <tr><td>{feed.Grid}<td data-is="newest scan">{Parts.When(feed.NewestScan, now)}<td data-is="every">{(feed.UsualStep is { } step ? Parts.Span(step) : "—")}<td data-is="forecast">{(feed.ForecastByModel ? "by the model" : feed.ForecastByExtrapolation ? "by extrapolation" : "none of the newest scan")}
        """);

    private static Html Server(ServerRow server, DateTimeOffset now) => Html.Of($"""
        <tr class="{(server.IsAlive ? "" : "gone")}"><td>{server.Server}<td data-is="roles">{server.Roles}<td data-is="seen">{(server.IsAlive ? Html.Of($"<span class=\"outcome succeeded\">alive</span>") : Html.Of($"<span class=\"outcome failed\">gone</span>"))} {Parts.When(server.SeenAt, now)}
        """);
}
