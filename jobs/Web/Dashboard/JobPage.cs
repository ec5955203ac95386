using ConvLstm.Nowcast.Jobs.Schedule;
using ConvLstm.Nowcast.Storage.Jobs;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary><c>/jobs/{job}</c>: its history.</summary>
internal static class JobPage
{
    internal static Html Of(string name, ScheduledJob? job, IReadOnlyList<JobRun> runs, Html token, DateTimeOffset now) => Html.Of($"""
        <h1>{name}</h1>
        {(job is null ? Html.Of($"<p>It is not in the schedule any more.</p>") : Html.Of($"""
            <p>{job.Description} <code>{job.Cron}</code>, {(job.IsPaused ? Html.Of($"paused") : Html.Of($"next {Parts.When(job.Next, now)}"))}</p>
            <div class="actions">{JobActions.Of(name, job.IsPaused, runs.Any(r => r.Outcome == "running"), token)}</div>
            """))}
        <ol class="runs">{Html.Join(runs.Select(run => Run(run, now)))}</ol>
        """);

    private static Html Run(JobRun run, DateTimeOffset now) => Html.Of($"""
        <li class="{run.Outcome}"><a href="/jobs/runs/{run.JobRunId}">{run.StartedAt.UtcDateTime.ToString("MMM d HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)}</a> {Parts.Outcome(run)}
        <small>{Parts.Duration(run, now)}{(run.Attempt > 1 ? $", attempt {run.Attempt}" : "")}, {(run.Server.Length > 0 ? run.Server : run.Host)}</small>
        {Parts.Progress(run)}<p class="message">{run.Message}</p>
        """);
}
