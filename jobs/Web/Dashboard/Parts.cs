using System.Globalization;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>The small pieces of the pages, in the classes of Hangfire's style.</summary>
internal static class Parts
{
    /// <summary>A button; the dashboard's script asks the question, sends it with its token and loads the page again.</summary>
    internal static Html Action(string address, string label, string question, string kind = "default") => Html.Of(
        $"<button class=\"btn btn-sm btn-{kind}\" data-ajax=\"{address}\" data-loading-text=\"{label}…\" "
        + $"data-confirm=\"{question}\">{label}</button>");

    internal static Html Label(string text, string kind) => Html.Of($"<span class=\"label label-{kind}\">{text}</span>");

    internal static Html Table(IEnumerable<string> heads, IEnumerable<Html> rows) => Html.Of(
        $"<div class=\"table-responsive\"><table class=\"table\">"
        + $"<thead><tr>{Html.Join(heads.Select(h => Html.Of($"<th>{h}</th>")))}</tr></thead>"
        + $"<tbody>{Html.Join(rows)}</tbody></table></div>");

    /// <summary>The moment in UTC; the script says how long ago that is.</summary>
    internal static Html When(DateTimeOffset? time) => time is { } t
        ? Html.Of($"<time title=\"{t.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC\">"
            + $"{t.UtcDateTime.ToString("MMM d HH:mm", CultureInfo.InvariantCulture)}</time> "
            + $"<small class=\"text-muted\" data-moment=\"{t.ToUnixTimeSeconds()}\"></small>")
        : Html.Of($"—");

    internal static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 10 } => span.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture),
        { TotalMinutes: < 2 } => span.TotalSeconds.ToString("0 s", CultureInfo.InvariantCulture),
        { TotalHours: < 2 } => span.TotalMinutes.ToString("0 min", CultureInfo.InvariantCulture),
        { TotalDays: < 2 } => span.TotalHours.ToString("0 h", CultureInfo.InvariantCulture),
        _ => span.TotalDays.ToString("0 d", CultureInfo.InvariantCulture),
    };
}
