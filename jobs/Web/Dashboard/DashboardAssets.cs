using Microsoft.AspNetCore.Http.HttpResults;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>The style and the script of the pages, which need no build.</summary>
internal static class DashboardAssets
{
    internal static ContentHttpResult Style { get; } = TypedResults.Text(Read("dashboard.css"), "text/css; charset=utf-8");

    internal static ContentHttpResult Script { get; } = TypedResults.Text(Read("dashboard.js"), "text/javascript; charset=utf-8");

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(DashboardAssets).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
