namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>The buttons of a job.</summary>
internal static class JobActions
{
    internal static Html Of(string job, bool isPaused, bool isRunning, Html token) => Html.Of(
        $"{(isRunning ? Parts.Action($"/jobs/{job}/cancel", "Cancel", token, "danger") : Parts.Action($"/jobs/{job}/trigger", "Run now", token))}{(isPaused ? Parts.Action($"/jobs/{job}/resume", "Resume", token) : Parts.Action($"/jobs/{job}/pause", "Pause", token))}");
}
