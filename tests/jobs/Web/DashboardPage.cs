using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Web;
using ConvLstm.Nowcast.Jobs.Web.Access;
using ConvLstm.Nowcast.Tests.Jobs.Hosting;
using ConvLstm.Nowcast.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>
/// The dashboard as an operator uses it: the real engine, database, web service and browser. The web service and the server that works
/// are two servers on one database.
/// </summary>
public sealed class DashboardPage(TestDatabase test, Chromium chromium) : IClassFixture<TestDatabase>, IClassFixture<Chromium>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;
    private readonly List<string> _complaints = [];

    [Theory]
    [InlineData("desktop", 1280, 900, false)]
    [InlineData("phone", 390, 844, true)]
    public async Task AnOperatorRunsWatchesCancelsAndPausesAJob(string device, int width, int height, bool touch)
    {
        var go = new SemaphoreSlim(0);
        var works = new[]
        {
            new TestWork("retrain", async (run, c) =>
            {
                for (var i = 1; ; i++)
                {
                    run.Report(Math.Min(0.9, i / 10.0), $"epoch {i}");
                    run.Log($"epoch {i} <done>");
                    await go.WaitAsync(c);
                }
            }, Role: Roles.Train),
            new TestWork("verify", (run, _) =>
            {
                run.Log("looking at the scores");
                throw new ReportedException("A score <b>cannot</b> be: correct it.");
            }, Cron: "15 * * * *"),
        };
        await using var working = await Server.StartAsync(test.Database, works, _cancellation, roles: [Roles.Scheduler, Roles.Train]);
        await using var web = await StartAsync(new(), works);
        var page = await OpenAsync(web, width, height, touch);

        // Recurring jobs: run now, then the job's page of the engine with what the run says.
        await page.GotoAsync($"{web.Urls.Single()}/hangfire/recurring");
        await page.Locator("tr:has-text('retrain') input").CheckAsync();
        await ClickAsync(page, "Trigger now");
        var run = (await test.Database.UntilAsync("retrain", runs => runs is [{ Outcome: "running" }, ..], _cancellation))[0];
        await page.GotoAsync($"{web.Urls.Single()}/hangfire/jobs/details/{run.EngineJob}");
        await Expect(page.Locator("h1")).ToHaveTextAsync("retrain");
        await Expect(page.Locator(".nowcast-run .share")).ToHaveTextAsync("10 %");
        go.Release(3);
        await Expect(page.Locator(".nowcast-run .share")).ToHaveTextAsync("40 %");
        await Expect(page.Locator(".nowcast-run .phase")).ToHaveTextAsync("epoch 4");
        await Expect(page.Locator(".nowcast-run .times")).ToContainTextAsync("to go");
        await Expect(page.Locator(".nowcast-run .log")).ToContainTextAsync("epoch 4 <done>");
        await PictureAsync(page, $"run-{device}");
        Assert.True(await FitsAsync(page), "the page of a run is wider than the window");
        page.Dialog += Accept;
        var asked = TimeProvider.System.GetTimestamp();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel this run" }).ClickAsync();
        await Expect(page.Locator(".nowcast-run .share")).ToHaveTextAsync("cancelled");
        TestContext.Current.SendDiagnosticMessage("cancelled {0:0.0} s after the click",
            TimeProvider.System.GetElapsedTime(asked).TotalSeconds);
        Assert.Equal("cancelled", (await test.Database.Jobs.ListAsync("retrain", 1, _cancellation))[0].Outcome);

        // Pause, and the failure of a run that was asked for.
        await page.GotoAsync($"{web.Urls.Single()}/hangfire/recurring");
        var verify = page.Locator("tr:has-text('verify')");
        await verify.Locator("input").CheckAsync();
        await ClickAsync(page, "Pause");
        await Expect(verify).ToContainTextAsync("paused");
        await Expect(verify).ToContainTextAsync("when asked");
        await PictureAsync(page, $"recurring-{device}");
        await verify.Locator("input").CheckAsync();
        await ClickAsync(page, "Trigger now");
        var failed = (await test.Database.UntilAsync("verify", runs => runs is [{ Outcome: "failed" }, ..], _cancellation))[0];
        await page.GotoAsync($"{web.Urls.Single()}/hangfire/jobs/failed");
        await Expect(page.Locator(".js-jobs-list")).ToContainTextAsync("A score <b>cannot</b> be");
        await page.GotoAsync($"{web.Urls.Single()}/hangfire/jobs/details/{failed.EngineJob}");
        await Expect(page.Locator(".nowcast-run .message")).ToHaveTextAsync("A score <b>cannot</b> be: correct it.");
        await Expect(page.Locator(".nowcast-run .log")).ToContainTextAsync("looking at the scores");
        await PictureAsync(page, $"failure-{device}");
        await page.GotoAsync($"{web.Urls.Single()}/hangfire/recurring");
        await verify.Locator("input").CheckAsync();
        await ClickAsync(page, "Resume");
        await Expect(verify).ToContainTextAsync("15 * * * *");
        await Expect(verify).Not.ToContainTextAsync("paused");

        await page.GotoAsync($"{web.Urls.Single()}/hangfire/servers");
        await Expect(page.Locator("body")).ToContainTextAsync("train");
        await PictureAsync(page, $"servers-{device}");
        Assert.Empty(_complaints);
    }

    [Theory]
    [InlineData("desktop", 1280, 900, false)]
    [InlineData("phone", 390, 844, true)]
    public async Task AnOperatorSeesFeedsAndRunsAndChoosesTheModel(string device, int width, int height, bool touch)
    {
        using var feed = new TemporaryFolder();
        Directory.CreateDirectory(feed.File("quarantine"));
        await File.WriteAllTextAsync(feed.File("quarantine/torn.h5.reason.txt"), "the file is cut off <at> 200 bytes", _cancellation);
        foreach (var version in new[] { "rain-1", "rain-2" })
        {
            await test.Database.Models.ImportAsync(version, "lagrangian", [1, 2, (byte)version[^1]], """{"scans": 1200}""",
                """{"crps": 0.1234, "reason": "better with 95% confidence"}""", _cancellation);
            await test.Database.Models.PromoteAsync(version, "test", _cancellation);
        }
        var grid = Tests.Storage.Sample.LonLatGrid(width: 20, height: 20);
        // To the second: PostgreSQL keeps a tenth of the digits.
        var newest = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 180);
        foreach (var minutes in new[] { 0, 5, 10, 25, 30 })
            await test.Database.Scans.StoreAsync(Tests.Storage.Sample.RadarFrame(grid, newest.AddMinutes(minutes - 30)), $"{minutes}.nc",
                cancellation: _cancellation);
        await test.Database.Forecasts.PublishAsync(Tests.Storage.Sample.Forecast(grid, newest, method: "extrapolation"), _cancellation);
        var told = test.Database.Jobs.Begin("nowcast", "server-x", 1, "4711");
        test.Database.Jobs.End(told, ConvLstm.Nowcast.Storage.Jobs.JobOutcome.Succeeded, "",
            $$"""
            {"grids": [{"grid": "{{grid.Name}}", "issueTime": "{{newest:O}}", "method": "extrapolation",
                        "reason": "it took longer than the deadline"}]}
            """);
        await using var web = await StartAsync(new() { Feed = feed.Path }, []);
        var page = await OpenAsync(web, width, height, touch);

        await page.GotoAsync($"{web.Urls.Single()}/hangfire");
        await Expect(page.Locator("body")).ToContainTextAsync("Age of the newest scan");
        await Expect(page.Locator("[data-metric='nowcast:scan']")).ToContainTextAsync("min");
        await PictureAsync(page, $"front-{device}");
        await page.GotoAsync($"{web.Urls.Single()}/hangfire/feeds");
        await Expect(page.Locator("body")).ToContainTextAsync("fresh");
        await Expect(page.Locator("body")).ToContainTextAsync("the file is cut off <at> 200 bytes");
        await Expect(page.Locator("table").Nth(1)).ToContainTextAsync("2");
        await PictureAsync(page, $"feeds-{device}");
        Assert.True(await FitsAsync(page), "the page of the feeds is wider than the window");
        await page.GotoAsync($"{web.Urls.Single()}/hangfire/runs");
        await Expect(page.Locator("body")).ToContainTextAsync("it took longer than the deadline");
        await PictureAsync(page, $"runs-{device}");

        await page.GotoAsync($"{web.Urls.Single()}/hangfire/models");
        var questions = new List<string>();
        page.Dialog += (_, dialog) => questions.Add(dialog.Message);
        page.Dialog += Accept;
        await page.GetByRole(AriaRole.Button, new() { Name = "Roll back" }).ClickAsync();
        await Expect(page.Locator("[data-version='rain-1']")).ToContainTextAsync("forecasts");
        Assert.Equal(["Take the last promotion back? Afterwards the model rain-1 forecasts."], questions);
        // The page has come anew: its buttons ask once its scripts have.
        await page.WaitForLoadStateAsync();
        await page.Locator("[data-version='rain-2']").GetByRole(AriaRole.Button, new() { Name = "Promote" }).ClickAsync();
        await Expect(page.Locator("[data-version='rain-2']")).ToContainTextAsync("forecasts");
        Assert.Equal("rain-2", (await test.Database.Models.PromotedAsync(_cancellation))!.Version);
        await PictureAsync(page, $"models-{device}");
        Assert.True(await FitsAsync(page), "the page of the models is wider than the window");
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task WhoMayOnlyLookSeesNoButtons()
    {
        var works = new[] { new TestWork("looked at", (_, _) => Task.FromResult("done"), Cron: "15 * * * *") };
        await using var working = await Server.StartAsync(test.Database, works, _cancellation);
        await using var web = await StartAsync(new() { Dashboard = new() { User = "operator", Password = "a long one", Public = true } },
            works);
        var page = await OpenAsync(web, 1280, 900, touch: false);

        await page.GotoAsync($"{web.Urls.Single()}/hangfire/recurring");

        await Expect(page.Locator("body")).ToContainTextAsync("looked at");
        await Expect(page.Locator("button:not(.navbar-toggle)")).ToHaveCountAsync(0);
        Assert.Empty(_complaints);
    }

    private async Task<WebApplication> StartAsync(NowcastSettings settings, IReadOnlyList<TestWork> works)
    {
        await HangfireTables.InstallAsync(test.Database, _cancellation);
        var web = WebService.Build(test.Database, "http://127.0.0.1:0", settings,
            services => Server.Add(services, test.Database, works, settings, [Roles.Web]));
        await web.StartAsync(_cancellation);
        return web;
    }

    /// <summary>A browser that was let in, and notes what its pages complain of.</summary>
    private async Task<IPage> OpenAsync(WebApplication web, int width, int height, bool touch)
    {
        var context = await chromium.NewAsync(width, height, touch: touch);
        var page = await context.NewPageAsync();
        page.Console += (_, message) => _complaints.Add(message.Text);
        page.PageError += (_, error) => _complaints.Add(error);
        var here = web.Urls.Single();
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(here, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                _complaints.Add($"from another host: {request.Url}");
        };
        var token = web.Services.GetRequiredService<StartToken>();
        await page.GotoAsync(token.IsInUse ? token.Address(web.Urls.Single(), "/hangfire") : $"{web.Urls.Single()}/jobs");
        await Expect(page).ToHaveURLAsync($"{web.Urls.Single()}/hangfire");
        return page;
    }

    /// <summary>A button of a list, whose page is loaded again when its action is done.</summary>
    private static async Task ClickAsync(IPage page, string button)
    {
        await page.WaitForLoadStateAsync();
        await page.RunAndWaitForRequestFinishedAsync(() => page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync(),
            new() { Predicate = request => request.IsNavigationRequest });
        await page.WaitForLoadStateAsync();
    }

    private static async void Accept(object? sender, IDialog dialog) => await dialog.AcceptAsync();

    private static Task<bool> FitsAsync(IPage page) =>
        page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth");

    /// <summary>What a page looks like, and what axe-core says of it.</summary>
    private static async Task PictureAsync(IPage page, string name)
    {
        await page.ScreenshotAsync(new() { Path = Path.Combine(Chromium.Artefacts, $"{name}.png"), FullPage = true });
        await Accessibility.CheckAsync(page);
    }
}
