using System.Globalization;
using ConvLstm.Nowcast.Jobs.Web.Frames;
using Microsoft.Playwright;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

public sealed class MapPage(ServedRain rain, Chromium chromium) : IClassFixture<ServedRain>, IClassFixture<Chromium>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("standard")]
    [InlineData("safe")]
    public async Task TheMapShowsRainWhereTheDatabaseHasIt(string palette)
    {
        await using var context = await chromium.NewAsync();
        var page = await WatchedPage.OpenAsync(context, rain.Address, "/");
        var colours = Palettes.Find(FrameKind.Rate, palette)!;
        var scan = rain.Scans[^1].RainRate;
        foreach (var (column, row) in KnownPlaces(scan, colours))
        {
            await page.GoAsync($"/#{View(column, row)}&palette={palette}");
            await page.Page.WaitForSelectorAsync("body[data-frame]", new() { State = WaitForSelectorState.Attached });
            await page.HoldsAsync("document.querySelector('canvas.rain')?.width > 0");

            Assert.Equal(colours[RainCode.OfRate(scan[(row * ServedRain.Size) + column])], await page.ColourAsync());
        }
        await page.KeepPictureAsync($"map-{palette}");
        page.HasNoComplaints();
    }

    [Fact]
    public async Task TheTimelinePlaysStepsAndIsDragged()
    {
        await using var context = await chromium.NewAsync();
        var page = await WatchedPage.OpenAsync(context, rain.Address, "/");
        await page.LoadedAsync();
        Assert.Equal("observation", await page.Page.GetAttributeAsync("body", "data-kind"));
        Assert.Equal("2024-06-01T14:25:00Z", await page.FrameAsync());

        await page.Page.ClickAsync("#play");
        await page.Page.WaitForSelectorAsync("body[data-kind=forecast]", new() { State = WaitForSelectorState.Attached });
        var first = await page.FrameAsync();
        await page.HoldsAsync("first => document.body.dataset.frame !== first", first);
        await page.Page.Keyboard.PressAsync("Space");
        Assert.Equal("play", await page.Page.GetAttributeAsync("#play", "data-state"));
        // Coasts and the grid's outline have a canvas of their own, which a new frame does not wipe.
        Assert.True(await page.Page.Locator(".ol-layers > :not(.rain-layer) canvas").CountAsync() >= 2);

        await page.Page.Keyboard.PressAsync("Home");
        await page.Page.FocusAsync("#track");
        await page.Page.Keyboard.PressAsync("Home");
        Assert.Equal("2024-06-01T13:25:00Z", await page.FrameAsync());
        await page.Page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal("2024-06-01T13:30:00Z", await page.FrameAsync());
        await page.Page.ClickAsync("#back");
        Assert.Equal("2024-06-01T13:25:00Z", await page.FrameAsync());

        var track = (await page.Page.Locator("#track").BoundingBoxAsync())!;
        await page.Page.Mouse.MoveAsync(track.X + 5, track.Y + 10);
        await page.Page.Mouse.DownAsync();
        await page.Page.Mouse.MoveAsync(track.X + track.Width - 5, track.Y + 10, new() { Steps = 5 });
        await page.Page.Mouse.UpAsync();
        Assert.Equal("2024-06-01T15:25:00Z", await page.FrameAsync());
        Assert.Contains("Forecast for", await page.Page.TextContentAsync("#timelabel"), StringComparison.Ordinal);
        page.HasNoComplaints();
    }

    [Fact]
    public async Task AClickGivesTheChartWithTheNumbersOfTheDatabase()
    {
        var scan = rain.Newest.RainRate[6];
        var wettest = Array.IndexOf(scan, scan.Where(rate => !float.IsNaN(rate)).Max());
        var (column, row) = (wettest % ServedRain.Size, wettest / ServedRain.Size);
        await using var context = await chromium.NewAsync();
        var page = await WatchedPage.OpenAsync(context, rain.Address, $"/#{View(column, row)}");
        await page.LoadedAsync();

        var map = (await page.Page.Locator("#map").BoundingBoxAsync())!;
        await page.Page.Mouse.ClickAsync(map.X + (map.Width / 2), map.Y + (map.Height / 2));
        await page.Page.WaitForSelectorAsync("#place[data-state=ready] canvas");

        var (lon, lat) = rain.PlaceOf(column, row);
        var sql = await rain.Database.Queries.RainAtAsync(lon, lat, null, _cancellation);
        var rows = await page.Page.Locator("#numbers tbody tr").AllAsync();
        Assert.Equal(sql.Count, rows.Count);
        for (var lead = 0; lead < sql.Count; lead++)
        {
            var cells = await rows[lead].Locator("th, td").AllTextContentsAsync();
            string[] expected =
            [
                sql[lead].ValidTime.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture), cells[1],
                sql[lead].RainMmH?.ToString("0.00", CultureInfo.InvariantCulture) ?? "–",
                Percent(sql[lead].P01), Percent(sql[lead].P1), Percent(sql[lead].P5), Percent(sql[lead].P10),
            ];
            Assert.Equal(expected, cells);
        }
        Assert.StartsWith("Rain", await page.Page.TextContentAsync("#sentence"), StringComparison.Ordinal);
        await page.KeepPictureAsync("place");
        page.HasNoComplaints();
    }

    [Fact]
    public async Task APlaceOutsideTheRadarIsAnsweredWithASentence()
    {
        await using var context = await chromium.NewAsync();
        var page = await WatchedPage.OpenAsync(context, rain.Address, "/");
        await page.LoadedAsync();

        await page.Page.Mouse.ClickAsync(80, 300);
        await page.Page.WaitForSelectorAsync("#place[data-state=failed]");

        Assert.Contains("outside of the radar", await page.Page.TextContentAsync("#sentence"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALinkBringsBackPlaceTimeLayerAndColours()
    {
        await using var context = await chromium.NewAsync();
        var page = await WatchedPage.OpenAsync(context, rain.Address, $"/#{View(60, 60)}");
        await page.LoadedAsync();
        await page.Page.SelectOptionAsync("#threshold", "5");
        await page.Page.SelectOptionAsync("#palette", "safe");
        await page.LoadedAsync();
        await page.Page.FocusAsync("#track");
        await page.Page.Keyboard.PressAsync("End");
        await page.Page.Mouse.ClickAsync(640, 380);
        await page.Page.WaitForSelectorAsync("#place[data-state=ready]");
        await page.HoldsAsync("location.hash.includes('place=')");
        var (link, frame, title) = (page.Page.Url, await page.FrameAsync(), await page.Page.TextContentAsync("#place-title"));
        var colour = await page.ColourAsync();

        await using var other = await chromium.NewAsync();
        var restored = await WatchedPage.OpenAsync(other, rain.Address, link[rain.Address.Length..]);
        await restored.LoadedAsync();
        await restored.Page.WaitForSelectorAsync("#place[data-state=ready]");

        Assert.Equal(frame, await restored.FrameAsync());
        Assert.Equal(title, await restored.Page.TextContentAsync("#place-title"));
        Assert.Equal(("5", "safe"), (await restored.Page.InputValueAsync("#threshold"), await restored.Page.InputValueAsync("#palette")));
        Assert.True(await restored.Page.IsCheckedAsync("input[value=probability]"));
        Assert.Equal(colour, await restored.ColourAsync());
        Assert.Equal(link, restored.Page.Url);
        await restored.KeepPictureAsync("probability-safe");
        page.HasNoComplaints();
        restored.HasNoComplaints();
    }

    [Fact]
    public async Task ALinkToAnEarlierTimeShowsTheRunThatAnsweredThen()
    {
        await using var context = await chromium.NewAsync();
        var page = await WatchedPage.OpenAsync(context, rain.Address, "/#t=20240601T130500Z");
        await page.LoadedAsync();

        Assert.Equal("2024-06-01T13:05:00Z", await page.FrameAsync());
        Assert.True(await page.Page.IsVisibleAsync("#archive"));
        await page.Page.ClickAsync("#to-now");
        await page.Page.WaitForSelectorAsync("body[data-frame='2024-06-01T14:25:00Z']", new() { State = WaitForSelectorState.Attached });
        Assert.False(await page.Page.IsVisibleAsync("#archive"));
        page.HasNoComplaints();
    }

    [Fact]
    public async Task AgeAndMethodAreInSightOnAPhoneAndATapAnswers()
    {
        await using var context = await chromium.NewAsync(390, 844, touch: true);
        var page = await WatchedPage.OpenAsync(context, rain.Address, "/");
        await page.LoadedAsync();
        foreach (var id in new[] { "#age", "#method", "#play", "#track", "#layers-toggle" })
            await InViewAsync(page, id, 390, 844);
        // Of years ago: a date, and no count of days.
        Assert.Contains("2024", await page.Page.TextContentAsync("#scan"), StringComparison.Ordinal);
        Assert.Equal("not live", await page.Page.TextContentAsync("#age"));
        Assert.Contains("ConvLSTM", await page.Page.TextContentAsync("#method"), StringComparison.Ordinal);
        await page.Page.TapAsync("#layers-toggle");
        await InViewAsync(page, "#layers", 390, 844);
        await page.Page.TapAsync("input[value=member]");
        await page.LoadedAsync();
        await page.Page.TapAsync("#layers-toggle");

        await page.Page.Touchscreen.TapAsync(195, 400);
        await page.Page.WaitForSelectorAsync("#place[data-state=ready] canvas");

        await InViewAsync(page, "#place", 390, 844);
        Assert.Equal(390, await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await page.KeepPictureAsync("phone");
        page.HasNoComplaints();
    }

    [Fact]
    public async Task DarkAndAnotherLanguageAreKept()
    {
        await using var context = await chromium.NewAsync(dark: true);
        var page = await WatchedPage.OpenAsync(context, rain.Address, "/");
        await page.LoadedAsync();
        Assert.Equal("dark", await page.Page.GetAttributeAsync("html", "data-theme"));
        await page.KeepPictureAsync("map-dark");
        await page.Page.ClickAsync("#theme");
        await page.Page.SelectOptionAsync("#language", "de");
        await page.Page.WaitForSelectorAsync("text=Regenrate");
        Assert.Equal(("light", "de"),
            (await page.Page.GetAttributeAsync("html", "data-theme"), await page.Page.GetAttributeAsync("html", "lang")));
        page.HasNoComplaints();
    }

    /// <summary>Ten places of different colours whose neighbours have the same: half a pixel more or less does not matter.</summary>
    private static List<(int Column, int Row)> KnownPlaces(float[] scan, uint[] colours)
    {
        var places = new Dictionary<uint, (int, int)>();
        for (var pixel = (8 * ServedRain.Size) + 8; pixel < scan.Length - (8 * ServedRain.Size); pixel++)
        {
            var (column, row) = (pixel % ServedRain.Size, pixel / ServedRain.Size);
            if (column is < 8 or > ServedRain.Size - 9)
                continue;
            var colour = ColourAt(pixel);
            if (ColourAt(pixel - 1) == colour && ColourAt(pixel + 1) == colour && ColourAt(pixel - ServedRain.Size) == colour
                && ColourAt(pixel + ServedRain.Size) == colour)
                places.TryAdd(colour, (column, row));
        }
        Assert.True(places.Count >= 4, "the simulated rain is too even");
        return [.. places.Values.Take(6)];

        uint ColourAt(int pixel) => colours[RainCode.OfRate(scan[pixel])];
    }

    private string View(int column, int row)
    {
        var (lon, lat) = rain.PlaceOf(column, row);
        return string.Create(CultureInfo.InvariantCulture, $"grid={rain.Grid.Name}&view={lon:0.00000},{lat:0.00000},11");
    }

    private static string Percent(float? p) => p is { } value ? $"{Math.Floor((100 * value) + 0.5f)} %" : "–";

    private static async Task InViewAsync(WatchedPage page, string id, int width, int height)
    {
        var box = await page.Page.Locator(id).BoundingBoxAsync();
        Assert.True(box is { Width: > 0, Height: > 0 } && box.X >= 0 && box.Y >= 0 && box.X + box.Width <= width + 1
            && box.Y + box.Height <= height + 1, $"{id} is not in sight: {box?.X} {box?.Y} {box?.Width} {box?.Height}");
    }
}
