using System.Globalization;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>How fresh the feeds are, what is missing in their last day, and which files were put into quarantine and why.</summary>
internal static class FeedsPage
{
    private const int FilesShown = 50;

    internal static void Add() => DashboardPage.Add("/feeds", "Feeds", async (http, _) =>
    {
        var database = http.RequestServices.GetRequiredService<NowcastDatabase>();
        var settings = http.RequestServices.GetRequiredService<NowcastSettings>();
        var feeds = await database.Feeds.ListAsync(http.RequestAborted);
        var gaps = await database.Feeds.GapsAsync(http.RequestAborted);
        var stale = TimeSpan.FromMinutes(settings.Jobs.Watchdog.MaxAgeMinutes);
        var now = TimeProvider.System.GetUtcNow();
        return Html.Of($"""
            {(feeds.Count == 0 ? Html.Of($"<p>No scan has come in yet.</p>") : Parts.Table(["Grid", "Newest scan", "", "Every", "Forecast of the newest scan"], feeds.Select(f => Feed(f, now - f.NewestScan > stale))))}
            <h3>Gaps of the last day</h3>
            {(gaps.Count == 0 ? Html.Of($"<p>None.</p>") : Parts.Table(["Grid", "After", "Until", "Scans missing"], gaps.Select(Gap)))}
            <h3>Quarantine</h3>
            {QuarantineOf(settings.Feed)}
            """);
    });

    private static Html Feed(GridFeed feed, bool isQuiet) => Html.Of($"""
        <tr><td>{feed.Grid}</td><td>{Parts.When(feed.NewestScan)}</td><td>{(isQuiet ? Parts.Label("quiet", "danger") : Parts.Label("fresh", "success"))}</td>
        <td>{(feed.UsualStep is { } step ? Parts.Span(step) : "—")}</td><td>{(feed.ForecastByModel ? "by the model" : feed.ForecastByExtrapolation ? "by extrapolation" : "none")}</td></tr>
        """);

    private static Html Gap(FeedGap gap) => Html.Of(
        $"<tr><td>{gap.Grid}</td><td>{Parts.When(gap.After)}</td><td>{Parts.When(gap.Until)}</td>"
        + $"<td>{gap.Missing.ToString(CultureInfo.InvariantCulture)}</td></tr>");

    private static Html QuarantineOf(string? feed)
    {
        if (string.IsNullOrEmpty(feed))
            return Html.Of($"<p>This server has no feed folder (NOWCAST_FEED).</p>");
        var files = QuarantinedFile.NewestOf(feed, FilesShown);
        return files.Count == 0
            ? Html.Of($"<p>None.</p>")
            : Parts.Table(["File", "Since", "Reason"],
                files.Select(f => Html.Of($"<tr><td>{f.Name}</td><td>{Parts.When(f.Since)}</td><td>{f.Reason}</td></tr>")));
    }
}
