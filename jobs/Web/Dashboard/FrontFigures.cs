using System.Globalization;
using ConvLstm.Nowcast.Jobs.Monitoring;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage.Queries;
using Hangfire;
using Hangfire.Dashboard;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>
/// The numbers on the front page, which asks for them every two seconds: those that the metrics were read with, so that open pages ask the
/// database nothing of their own.
/// </summary>
internal static class FrontFigures
{
    internal static void Add() => GlobalConfiguration.Configuration.UseDashboardMetrics(
        Figure("nowcast:scan", "Age of the newest scan", f => Age(f.NewestScan), (f, s) => IsLate(f.NewestScan, s)),
        Figure("nowcast:run", "Age of the newest run", f => Age(f.NewestRun), (f, s) => IsLate(f.NewestRun, s)),
        Figure("nowcast:skill", "Skill of the last day against extrapolation",
            f => f.Skill?.ToString("+0 %;−0 %;0 %", CultureInfo.InvariantCulture) ?? "—", (f, _) => f.Skill < 0));

    private static DashboardMetric Figure(string id, string title, Func<ServiceFigures, string> text,
        Func<ServiceFigures, TimeSpan, bool> isBad) => new(id, title, page =>
    {
        var services = page.Context.GetHttpContext().RequestServices;
        if (services.GetRequiredService<ServiceGauges>().Figures is not { } figures)
            return new Metric("?") { Style = MetricStyle.Danger };
        var late = TimeSpan.FromMinutes(services.GetRequiredService<NowcastSettings>().Jobs.Watchdog.MaxAgeMinutes);
        return new Metric(text(figures)) { Style = isBad(figures, late) ? MetricStyle.Danger : MetricStyle.Default, Title = title };
    });

    private static string Age(DateTimeOffset? time) => time is { } t ? Parts.Span(TimeProvider.System.GetUtcNow() - t) : "—";

    private static bool IsLate(DateTimeOffset? time, TimeSpan late) => time is { } t && TimeProvider.System.GetUtcNow() - t > late;
}
