using System.Text.Json;
using Microsoft.Playwright;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

public sealed class OtherPages(ServedRain rain, Chromium chromium) : IClassFixture<ServedRain>, IClassFixture<Chromium>
{
    /// <summary>What page and first frame may weigh.</summary>
    private const int TransferBudget = 1_200_000;

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1280, false)]
    [InlineData(390, true)]
    public async Task TheQualityPageShowsTheScoresOfEveryMethod(int width, bool dark)
    {
        await using var context = await chromium.NewAsync(width, 1600, dark);
        var page = await WatchedPage.OpenAsync(context, rain.Address, "/quality");
        await page.Page.WaitForSelectorAsync("body[data-ready=yes]", new() { State = WaitForSelectorState.Attached });

        var methods = await page.Page.Locator("#key b").AllTextContentsAsync();
        Assert.Equal(["ConvLSTM", "Extrapolation", "Persistence"], methods);
        foreach (var chart in new[] { "csi", "fss", "reliability", "bias", "crps" })
        {
            // Something is drawn: the canvas has colours of its lines.
            Assert.True(await page.Page.EvaluateAsync<int>(
                "id => { const c = document.querySelector(`#chart-${id} canvas`); const d = c.getContext('2d').getImageData(0, 0, c.width, "
                    + "c.height).data; let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 200; return n; }", chart) > 500, chart);
        }
        await page.HoldsAsync("[...document.querySelectorAll('#pair img')].length === 4 && [...document.querySelectorAll('#pair "
            + "img')].every((i) => i.complete && i.naturalWidth === 128)");
        Assert.True(await page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        await Accessibility.CheckAsync(page.Page);
        await page.Page.ScreenshotAsync(new() { Path = Path.Combine(Chromium.Artefacts, $"quality-{width}.png"), FullPage = true });
        page.HasNoComplaints();
    }

    [Fact]
    public async Task TheScoresAreThoseOfTheView()
    {
        using var scores = JsonDocument.Parse(
            await rain.Client.GetStringAsync(new Uri($"/api/quality?grid={rain.Grid.Name}", UriKind.Relative), _cancellation));
        var view = await rain.Database.Verification.SkillAsync(rain.Grid.Name, _cancellation);

        Assert.NotEmpty(view);
        var found = scores.RootElement.GetProperty("thresholds").EnumerateArray().ToList();
        Assert.Equal(view.Count, found.Count);
        foreach (var row in view)
        {
            var score = found.Single(f => f.GetProperty("method").GetString() == row.Method
                && f.GetProperty("leadMinutes").GetDouble() == row.LeadMinutes
                && f.GetProperty("threshold").GetSingle() == row.Threshold);
            // All runs of the test are of one day: the view's sums are those of the period.
            Assert.Equal((row.Csi, row.Pod, row.Far, row.Bias, row.Maps), (
                score.GetProperty("csi").Deserialize<double?>(), score.GetProperty("pod").Deserialize<double?>(),
                score.GetProperty("far").Deserialize<double?>(),
                score.GetProperty("bias").Deserialize<double?>(), score.GetProperty("maps").GetInt64()));
            var lead = scores.RootElement.GetProperty("leads").EnumerateArray().Single(l => l.GetProperty("method")
                .GetString() == row.Method && l.GetProperty("leadMinutes").GetDouble() == row.LeadMinutes);
            Assert.Equal(row.Crps, lead.GetProperty("crps").Deserialize<double?>());
        }
        using var part = JsonDocument.Parse(await rain.Client.GetStringAsync(
            new Uri($"/api/quality?grid={rain.Grid.Name}&to=2024-06-01T13:00:00Z", UriKind.Relative), _cancellation));
        Assert.True(part.RootElement.GetProperty("leads")[0].GetProperty("maps").GetInt64() < scores.RootElement.GetProperty("leads")[0]
            .GetProperty("maps").GetInt64());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TheApiCanBeBrowsedAndAsked(bool dark)
    {
        await using var context = await chromium.NewAsync(dark: dark);
        var page = await WatchedPage.OpenAsync(context, rain.Address, "/api/docs");
        await Assertions.Expect(page.Page.Locator("body")).ToContainTextAsync("The rain at a place for each lead");
        await page.KeepPictureAsync(dark ? "api-dark" : "api");
        await Accessibility.CheckAsync(page.Page);
        page.HasNoComplaints();
    }

    /// <summary>
    /// Times are kept with the pictures, and held to their limits only where NOWCAST_BUDGETS is set, on a machine that does nothing else.
    /// </summary>
    [Fact]
    public async Task PageAndFirstFrameKeepToTheirBudget()
    {
        await using var context = await chromium.NewAsync();
        var page = await WatchedPage.OpenAsync(context, rain.Address, "/#grid=wide");
        await page.Page.WaitForSelectorAsync("body[data-frame]", new() { State = WaitForSelectorState.Attached });
        var firstFrame = await page.Page.EvaluateAsync<double>("performance.getEntriesByName('first-frame')[0].startTime");
        await page.LoadedAsync();
        // Everything up to here, all 24 frames with it.
        var bytes = await page.Page.EvaluateAsync<long>(
            "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].reduce((sum, entry) => sum + "
                + "entry.transferSize, 0)");
        var frames = await page.Page.EvaluateAsync<long>(
            "performance.getEntriesByType('resource').filter(({ name }) => name.includes('.bin')).reduce((sum, entry) => sum + "
                + "entry.transferSize, 0)");
        await page.Page.ClickAsync("#play");
        var beats = await page.Page.EvaluateAsync<double[]>(
            "new Promise((done) => { const beats = []; let last; const beat = (now) => { if (last) beats.push(now - last); last = now; "
                + "beats.length < 180 ? requestAnimationFrame(beat) : done(beats); }; requestAnimationFrame(beat); })");
        var dropped = beats.Count(beat => beat > 25);
        await page.KeepPictureAsync("wide");
        await File.WriteAllTextAsync(Path.Combine(Chromium.Artefacts, "budgets.json"), JsonSerializer.Serialize(new
        {
            firstFrameMs = firstFrame, pageBytes = bytes - frames, bytesWithAllFrames = bytes, dropped, beats = beats.Length,
            longestBeatMs = beats.Max(), medianBeatMs = beats.Order().ElementAt(beats.Length / 2),
        }), _cancellation);

        page.HasNoComplaints();
        Assert.InRange(bytes - frames + (frames / 24), 100_000, TransferBudget);
        if (Environment.GetEnvironmentVariable("NOWCAST_BUDGETS") is null)
            return;
        Assert.True(firstFrame < 1500, $"the first frame took {firstFrame:0} ms");
        Assert.True(dropped == 0, $"{dropped} of {beats.Length} frames were dropped");
    }
}
