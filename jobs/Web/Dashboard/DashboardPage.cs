using ConvLstm.Nowcast.Ingest;
using Hangfire.Dashboard;
using Hangfire.Dashboard.Pages;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>Pages, answers and actions of ours in Hangfire's dashboard.</summary>
internal static class DashboardPage
{
    /// <summary>A page, and its place in the navigation.</summary>
    /// <param name="path">Below the dashboard.</param>
    /// <param name="title">Of the page, and in the navigation.</param>
    /// <param name="body">Reads what it shows; true where who asks may change it.</param>
    internal static void Add(string path, string title, Func<HttpContext, bool, Task<Html>> body)
    {
        NavigationMenu.Items.Add(page =>
            new MenuItem(title, page.Url.To(path)) { Active = page.RequestPath.StartsWith(path, StringComparison.Ordinal) });
        DashboardRoutes.Routes.Add(path, new Dispatcher(async context =>
        {
            var html = await body(context.GetHttpContext(), !context.IsReadOnly);
            // Hangfire's way from a page to an answer is its own affair, and synchronous: what is asked for has been read before.
            var page = new Hangfire.Dashboard.RouteCollection();
            page.AddRazorPage(path, _ => new Page(title, html));
            await page.FindDispatcher(path).Item1.Dispatch(context);
        }));
    }

    /// <summary>JSON for the script of the pages.</summary>
    internal static void AddAnswer<T>(string path, Func<HttpContext, string, Task<T>> answer) =>
        DashboardRoutes.Routes.Add(path, new Dispatcher(async context =>
        await Results.Json(await answer(context.GetHttpContext(), context.UriMatch.Groups[1].Value))
            .ExecuteAsync(context.GetHttpContext())));

    /// <summary>What a button asks for.</summary>
    /// <param name="path">With the name of what it is done to as its first group.</param>
    /// <param name="action">Does it.</param>
    internal static void AddAction(string path, Func<HttpContext, string, Task> action) =>
        DashboardRoutes.Routes.Add(path, new Dispatcher(async context =>
    {
        var http = context.GetHttpContext();
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }
        if (context.IsReadOnly)
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        try
        {
            await action(http, Uri.UnescapeDataString(context.UriMatch.Groups[1].Value));
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (ReportedException e)
        {
            throw new BadHttpRequestException(e.Message, StatusCodes.Status409Conflict);
        }
    }));

    private sealed class Dispatcher(Func<DashboardContext, Task> dispatch) : IDashboardDispatcher
    {
        public Task Dispatch(DashboardContext context) => dispatch(context);
    }

    private sealed class Page(string title, Html body) : RazorPage
    {
        public override void Execute()
        {
            Layout = new LayoutPage(title);
            WriteLiteral(Dashboard.Html.Of($"<h1 class=\"page-header\">{title}</h1>{body}").ToString());
        }
    }
}
