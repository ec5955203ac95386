using ConvLstm.Nowcast.Storage.Jobs;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary><c>/jobs/runs/{id}</c>: what one run said and did.</summary>
internal static class RunPage
{
    internal static Html Of(JobRun run, string log, string details, DateTimeOffset now) => Html.Of($"""
        <h1><a href="/jobs/{run.Job}">{run.Job}</a> {Parts.Outcome(run)}</h1>
        <dl><dt>started<dd>{Parts.When(run.StartedAt, now)}<dt>{(run.FinishedAt is null ? "for" : "took")}<dd>{Parts.Duration(run, now)}
        <dt>server<dd>{(run.Server.Length > 0 ? run.Server : run.Host)}<dt>attempt<dd>{run.Attempt}</dl>
        {Parts.Progress(run)}<p class="message">{run.Message}</p>
        <h2>Log</h2><pre>{(log.Length > 0 ? log : "It said nothing.")}</pre>
        <h2>Details</h2><pre>{Indented(details)}</pre>
        """);

    private static string Indented(string json)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        return System.Text.Json.JsonSerializer.Serialize(document, Format);
    }

    private static readonly System.Text.Json.JsonSerializerOptions Format = new() { WriteIndented = true };
}
