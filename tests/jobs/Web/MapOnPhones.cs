using Microsoft.Playwright;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>
/// Every screen, theme and language: what is asked for is in sight, nothing lies over another, and those who do not see it are told.
/// </summary>
public sealed class MapOnPhones(ServedRadar radar, Chromium chromium) : IClassFixture<ServedRadar>, IClassFixture<Chromium>
{
    private static readonly string[] Panels = [".ol-zoom", "#finder", "#layers-toggle", "#layers", "#legend", "#place", "#credits"];

    /// <summary>Each two of screen, theme and language meet once.</summary>
    public static TheoryData<int, int, bool, string> Screens() => new()
    {
        { 1280, 800, false, "en-GB" },
        { 1280, 800, true, "de-DE" },
        { 390, 844, false, "de-DE" },
        { 390, 844, true, "en-GB" },
        { 844, 390, false, "en-GB" },
        { 844, 390, true, "de-DE" },
    };

    [Theory]
    [MemberData(nameof(Screens))]
    public async Task ThePlaceThatWasTappedIsInSightAndNoPanelLiesOverAnother(int width, int height, bool dark, string language)
    {
        var isPhone = width < 1000;
        await using var context =
            await chromium.NewAsync(width, height, dark, touch: isPhone, timeZone: "Europe/Amsterdam", language: language);
        var page = await WatchedPage.OpenAsync(context, radar.Address, $"/#grid={radar.Netherlands.Name}");
        await page.LoadedAsync();
        await ApartAsync(page, width, height);
        await Accessibility.CheckAsync(page.Page);

        var map = (await page.Page.Locator("#map").BoundingBoxAsync())!;
        // Where the panel of the place will come to lie.
        var (x, y) = isPhone && width < height ? (map.X + (map.Width / 2), map.Y + (map.Height * 0.7f))
            : (map.X + (map.Width * (isPhone ? 0.7f : 0.45f)), map.Y + (map.Height * 0.55f));
        if (isPhone)
            await page.Page.Touchscreen.TapAsync(x, y);
        else
            await page.Page.Mouse.ClickAsync(x, y);
        await page.Page.WaitForSelectorAsync("#place[data-state=ready] canvas");
        await ApartAsync(page, width, height);
        await Accessibility.CheckAsync(page.Page);
        await MarkerIsFreeAsync(page);
        await page.KeepPictureAsync($"map-{width}x{height}-{(dark ? "dark" : "light")}-{language[..2]}");
        if (isPhone)
        {
            await page.Page.TapAsync("#layers-toggle");
            await page.Page.WaitForSelectorAsync("#layers", new() { State = WaitForSelectorState.Visible });
            await ApartAsync(page, width, height);
        }
        page.HasNoComplaints();
    }

    [Theory]
    [InlineData("/quality")]
    [InlineData("/nowhere")]
    public async Task TheOtherPagesAreAccessibleToo(string path)
    {
        await using var context = await chromium.NewAsync();
        var page = await WatchedPage.OpenAsync(context, radar.Address, path);
        await page.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await Accessibility.CheckAsync(page.Page);
    }

    private static async Task ApartAsync(WatchedPage page, int width, int height)
    {
        var boxes = new List<(string Name, LocatorBoundingBoxResult Box)>();
        foreach (var panel in Panels)
        {
            if (await page.Page.Locator(panel).IsVisibleAsync() && await page.Page.Locator(panel).BoundingBoxAsync() is { } box)
                boxes.Add((panel, box));
        }
        Assert.True(boxes.Count >= 3);
        foreach (var (name, box) in boxes)
        {
            Assert.True(box.X >= -1 && box.Y >= -1 && box.X + box.Width <= width + 1 && box.Y + box.Height <= height + 1,
                $"{name} is not in sight: {box.X} {box.Y} {box.Width} {box.Height}");
            foreach (var (other, its) in boxes.Where(other => string.CompareOrdinal(other.Name, name) > 0))
            {
                var apart = box.X + box.Width <= its.X + 1 || its.X + its.Width <= box.X + 1 || box.Y + box.Height <= its.Y + 1
                    || its.Y + its.Height <= box.Y + 1;
                Assert.True(apart, $"{name} ({box.X} {box.Y} {box.Width} {box.Height}) lies over {other} ({its.X} {its.Y} {its.Width} "
                    + $"{its.Height})");
            }
        }
        Assert.True(await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width);
        Assert.Empty(await page.Page.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('#layers, #place, #legend, #finder')].filter((panel) => panel.scrollWidth > panel.clientWidth + "
                + "1).map((panel) => `${panel.id} is narrower than what it holds`)"));
    }

    /// <summary>The address has place and view; the page says where on the screen that is.</summary>
    private static async Task MarkerIsFreeAsync(WatchedPage page)
    {
        var at = await page.Page.EvaluateAsync<double[]>(
            "(() => { const m = document.querySelector('#map'); return m.dataset.marker.split(',').map(Number); })()");
        var map = (await page.Page.Locator("#map").BoundingBoxAsync())!;
        var panel = (await page.Page.Locator("#place").BoundingBoxAsync())!;
        var (x, y) = (map.X + at[0], map.Y + at[1]);
        // In the middle of the widest room, not in a corner between panel and edge.
        var room = Math.Max(Math.Max(panel.X - map.X, map.X + map.Width - (panel.X + panel.Width)),
            panel.Width > map.Width * 0.7f ? map.Width : 0);
        Assert.True(Math.Min(x - map.X, map.X + map.Width - x) > Math.Min(60, room / 4), $"the place at {x} is at the edge");
        Assert.InRange(x, map.X, map.X + map.Width);
        Assert.InRange(y, map.Y, map.Y + map.Height);
        Assert.False(x > panel.X && x < panel.X + panel.Width && y > panel.Y && y < panel.Y + panel.Height,
            $"the place at {x}, {y} lies under its panel");
    }
}
