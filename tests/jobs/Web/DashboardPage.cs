using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Schedule;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Web.Access;
using ConvLstm.Nowcast.Jobs.Web;
using ConvLstm.Nowcast.Tests.Jobs.Schedule;
using ConvLstm.Nowcast.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>The dashboard as an operator uses it: the real engine, database, web service and browser.</summary>
public sealed class DashboardPage(TestDatabase test, Chromium chromium) : IClassFixture<TestDatabase>, IClassFixture<Chromium>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnOperatorRunsWatchesCancelsAndPausesAJobAndChoosesTheModel()
    {
        foreach (var version in new[] { "rain-1", "rain-2" })
        {
            await test.Database.Models.ImportAsync(version, "lagrangian", [1, 2, (byte)version.Length, (byte)version[^1]], "{}", """{"crps": 0.1234, "reason": "better with 95% confidence"}""", _cancellation);
            await test.Database.Models.PromoteAsync(version, "test", _cancellation);
        }
        await test.Database.Scans.StoreAsync(Tests.Storage.Some.RadarFrame(Tests.Storage.Some.LonLatGrid(width: 20, height: 20)), "x.nc", cancellation: _cancellation);
        await test.Database.Servers.SeenAsync("here-1", Roles.All, "test", _cancellation);
        var jobs = new[]
        {
            DelegateJob.Definition("retrain", async (context, c) =>
            {
                for (var i = 1; ; i++)
                {
                    context.Report(Math.Min(0.9, i / 20.0), $"epoch {i}");
                    context.Log($"epoch {i} <done>");
                    await Task.Delay(100, c);
                }
            }, role: Roles.Train),
            DelegateJob.Definition("verify", (_, _) => throw new ReportedException("A score <b>cannot</b> be: correct it."), cron: "15 * * * *"),
        };
        await using var schedule = await Server.StartAsync(test.Database, jobs, _cancellation);
        await using var web = WebService.Build(test.Database, "http://127.0.0.1:0", new NowcastSettings(), schedule);
        await web.StartAsync(_cancellation);
        var context = await chromium.NewAsync(1280, 900);
        var page = await context.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.Add(message.Text);
        page.PageError += (_, error) => complaints.Add(error);
        await page.GotoAsync(web.Services.GetRequiredService<StartToken>().Address(web.Urls.Single(), "/jobs"));
        await Expect(page).ToHaveURLAsync($"{web.Urls.Single()}/jobs");
        var retrain = page.Locator("#job-retrain");

        await retrain.GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await Expect(retrain.Locator("progress")).ToBeVisibleAsync();
        await Expect(retrain).ToContainTextAsync("90 %");
        await PictureAsync(page, "jobs-desktop");
        await retrain.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(retrain).ToContainTextAsync("cancelled");
        Assert.Equal("cancelled", (await test.Database.Jobs.ListAsync("retrain", 1, _cancellation))[0].Outcome);

        await page.Locator("#job-verify").GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(page.Locator("#job-verify")).ToContainTextAsync("when asked");
        await page.Locator("#job-verify").GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await Expect(page.Locator("#job-verify")).ToContainTextAsync("A score <b>cannot</b> be");
        await page.Locator("#job-verify").GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Expect(page.Locator("#job-verify")).Not.ToContainTextAsync("when asked");

        await page.GetByRole(AriaRole.Button, new() { Name = "Roll back" }).ClickAsync();
        await Expect(page.Locator("[data-version='rain-1']")).ToContainTextAsync("forecasts");
        await page.Locator("[data-version='rain-2']").GetByRole(AriaRole.Button, new() { Name = "Promote" }).ClickAsync();
        await Expect(page.Locator("[data-version='rain-2']")).ToContainTextAsync("forecasts");
        Assert.Equal("rain-2", (await test.Database.Models.PromotedAsync(_cancellation))!.Version);

        await page.SetViewportSizeAsync(390, 844);
        await PictureAsync(page, "jobs-phone");
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), "the page is wider than a phone");
        await page.GetByRole(AriaRole.Link, new() { Name = "retrain" }).ClickAsync();
        await page.Locator(".runs a").First.ClickAsync();
        await Expect(page.Locator("pre").First).ToContainTextAsync("epoch 2 <done>");
        await PictureAsync(page, "run-phone");
        Assert.Empty(complaints);
    }

    private static async Task PictureAsync(IPage page, string name) => await page.ScreenshotAsync(new() { Path = Path.Combine(Chromium.Artefacts, $"{name}.png"), FullPage = true });
}
