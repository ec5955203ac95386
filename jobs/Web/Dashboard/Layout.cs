namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>What all pages have.</summary>
internal static class Layout
{
    internal static Html Of(string title, Html body) => Html.Of($"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title} · nowcast</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="/jobs/dashboard.css">
        <script src="/jobs/dashboard.js" defer></script>
        </head>
        <body>
        <header><a href="/jobs">nowcast jobs</a><nav><a href="/">map</a> <a href="/healthz/ready">health</a> <a href="/metrics">metrics</a></nav></header>
        <main>
        {body}
        </main>
        </body>
        </html>
        """);
}
