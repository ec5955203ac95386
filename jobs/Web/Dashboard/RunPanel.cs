using ConvLstm.Nowcast.Storage;
using Hangfire;
using Hangfire.Dashboard;
using Hangfire.States;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>How far a run is and what it says, on the engine's page of the job; the script renews it every second while it runs.</summary>
internal static class RunPanel
{
    private const int First = 0;

    internal static void Add()
    {
        GlobalConfiguration.Configuration.UseJobDetailsRenderer(First, Render);
        DashboardPage.AddAnswer("/nowcast/run/([0-9]+)", FindAsync);
    }

    /// <summary>What the script shows.</summary>
    /// <param name="Outcome">running, succeeded, failed, cancelled or interrupted.</param>
    /// <param name="Message">What it did, or why it failed.</param>
    /// <param name="Fraction">0 to 1; null where it does not say.</param>
    /// <param name="Phase">What it is doing.</param>
    /// <param name="Seconds">How long it has run.</param>
    /// <param name="SecondsToGo">How long it will still run at this pace; null where that cannot be said.</param>
    /// <param name="Attempt">1, and one more for each time it was tried again.</param>
    /// <param name="Server">Which runs it.</param>
    /// <param name="Log">A line each.</param>
    internal sealed record Run(
        string Outcome, string Message, double? Fraction, string Phase, double Seconds, double? SecondsToGo, int Attempt, string Server,
            string Log);

    private static NonEscapedString Render(JobDetailsRendererDto job)
    {
        var isAtWork = job.JobDetails.History.FirstOrDefault()?.StateName == ProcessingState.StateName;
        var cancel = isAtWork && !job.Page.IsReadOnly
            ? Parts.Action(job.Page.Url.To($"/jobs/actions/delete/{job.JobId}"), "Cancel this run",
                "Stop this run? What it has not finished is thrown away, and it is not tried again.", "danger")
            : Html.Empty;
        return new(Html.Of($"""
            <section class="nowcast-run" data-url="{job.Page.Url.To($"/nowcast/run/{job.JobId}")}" data-state="{job.JobDetails.History.FirstOrDefault()?.StateName}">
            <h3>{cancel} Run</h3>
            <progress max="1" hidden></progress> <b class="share"></b> <span class="phase"></span> <small class="text-muted times"></small>
            <p class="message"></p>
            <pre class="log" hidden></pre>
            </section>
            """).ToString());
    }

    private static async Task<Run?> FindAsync(HttpContext http, string job)
    {
        var database = http.RequestServices.GetRequiredService<NowcastDatabase>();
        if (await database.Jobs.FindAsync(job, http.RequestAborted) is not var (run, log))
            return null;
        var seconds = ((run.FinishedAt ?? TimeProvider.System.GetUtcNow()) - run.StartedAt).TotalSeconds;
        var toGo = run is { FinishedAt: null, Progress: { } share and > 0 } ? seconds * (1 - share) / share : (double?)null;
        return new(run.Outcome, run.Message, run.Progress, run.ProgressText, seconds, toGo, run.Attempt, run.Server, log);
    }
}
