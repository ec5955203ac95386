using System.Globalization;
using ConvLstm.Nowcast.Storage.Jobs;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>The small pieces of the pages.</summary>
internal static class Parts
{
    /// <summary>A button that asks the server for an action.</summary>
    internal static Html Action(string address, string label, Html token, string kind = "") =>
        Html.Of($"<form method=\"post\" action=\"{address}\">{token}<button class=\"{kind}\">{label}</button></form>");

    internal static Html Outcome(JobRun run) => Html.Of($"<span class=\"outcome {run.Outcome}\">{run.Outcome}</span>");

    /// <summary>A bar where the run says how far it is; else what it is doing.</summary>
    internal static Html Progress(JobRun run) => run is { Outcome: "running", Progress: { } fraction }
        ? Html.Of($"<div class=\"progress\"><progress value=\"{fraction.ToString("0.000", CultureInfo.InvariantCulture)}\"></progress> <b>{fraction.ToString("0 %", CultureInfo.InvariantCulture)}</b> {run.ProgressText}</div>")
        : run.Outcome == "running" ? Html.Of($"<div class=\"progress\">{run.ProgressText}</div>") : Html.Empty;

    /// <summary>The moment in UTC, and how long ago or ahead that is.</summary>
    internal static Html When(DateTimeOffset? time, DateTimeOffset now) => time is { } t
        ? Html.Of($"<time datetime=\"{t.UtcDateTime.ToString("s", CultureInfo.InvariantCulture)}Z\" title=\"{t.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC\">{(t.UtcDateTime.Date == now.UtcDateTime.Date ? t.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture) : t.UtcDateTime.ToString("MMM d HH:mm", CultureInfo.InvariantCulture))} UTC</time> <small>{(t > now ? "in " + Span(t - now) : Span(now - t) + " ago")}</small>")
        : Html.Of($"—");

    /// <summary>How long a run took, or has taken so far.</summary>
    internal static string Duration(JobRun run, DateTimeOffset now) => Span((run.FinishedAt ?? now) - run.StartedAt);

    internal static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 10 } => span.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture),
        { TotalMinutes: < 2 } => span.TotalSeconds.ToString("0 s", CultureInfo.InvariantCulture),
        { TotalHours: < 2 } => span.TotalMinutes.ToString("0 min", CultureInfo.InvariantCulture),
        { TotalDays: < 2 } => span.TotalHours.ToString("0 h", CultureInfo.InvariantCulture),
        _ => span.TotalDays.ToString("0 d", CultureInfo.InvariantCulture),
    };
}
