using ConvLstm.Nowcast.Jobs.Hosting;
using Hangfire.Dashboard;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>
/// Pause and resume on the page of the recurring jobs: the script puts the buttons beside those of the engine, which has none.
/// </summary>
internal static class PauseCommands
{
    internal static void Add()
    {
        DashboardRoutes.Routes.AddBatchCommand("/recurring/pause", (context, job) => Schedule(context).Pause(job));
        DashboardRoutes.Routes.AddBatchCommand("/recurring/resume", (context, job) => Schedule(context).Resume(job));
        DashboardPage.AddAnswer("/recurring/paused",
            (http, _) => Task.Run(() => http.RequestServices.GetRequiredService<JobSchedule>().Paused()));
    }

    private static JobSchedule Schedule(DashboardContext context) =>
        context.GetHttpContext().RequestServices.GetRequiredService<JobSchedule>();
}
