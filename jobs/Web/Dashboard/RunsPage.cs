using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>The newest runs: what consumers were given, by which method, and why not by the model.</summary>
internal static class RunsPage
{
    private const int RunsShown = 50;

    internal static void Add() => DashboardPage.Add("/runs", "Runs", async (http, _) =>
    {
        var runs = await http.RequestServices.GetRequiredService<NowcastDatabase>().Feeds.RunsAsync(RunsShown, http.RequestAborted);
        return runs.Count == 0
            ? Html.Of($"<p>No forecast has been published yet.</p>")
            : Parts.Table(["Issued", "Grid", "Given", "Published", "Why not by the model"],
                runs.Select(run => Row(run, http.Request.PathBase)));
    });

    private static Html Row(GivenRun run, string dashboard) => Html.Of($"""
        <tr><td>{Parts.When(run.IssueTime)}</td><td>{run.Grid}</td>
        <td>{Parts.Label(run.Method, run.Method == "model" ? "success" : "warning")} {run.ModelVersion}</td><td>{Parts.When(run.PublishedAt)}</td>
        <td>{run.Reason} {(run.EngineJob is null ? Html.Empty : Html.Of($"<a href=\"{dashboard}/jobs/details/{run.EngineJob}\">log</a>"))}</td></tr>
        """);
}
