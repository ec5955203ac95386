using System.Globalization;
using System.Text.RegularExpressions;
using ConvLstm.Nowcast.Jobs.Web.Frames;
using Microsoft.Playwright;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>What a person meets who opens the map of a real radar for the first time.</summary>
public sealed class MapOfRealRadar(ServedRadar radar, Chromium chromium) : IClassFixture<ServedRadar>, IClassFixture<Chromium>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    private string Dutch => $"/#grid={radar.Netherlands.Name}";

    [Fact]
    public async Task WheelAndFingerMoveAFreshPage()
    {
        await using var context = await chromium.NewAsync(touch: true);
        var page = await WatchedPage.OpenAsync(context, radar.Address, Dutch);
        await page.LoadedAsync();
        var (_, _, zoom) = await ViewAsync(page);

        await page.Page.Mouse.MoveAsync(600, 350);
        await page.Page.Mouse.WheelAsync(0, -600);
        await page.Page.WaitForFunctionAsync("zoom => Number(location.hash.match(/view=[^,]+,[^,]+,([\\d.]+)/)[1]) > zoom + 0.3", zoom);
        var (lon, _, _) = await ViewAsync(page);

        var touch = await context.NewCDPSessionAsync(page.Page);
        await TouchAsync("touchStart", 700);
        for (var x = 680; x >= 400; x -= 20)
            await TouchAsync("touchMove", x);
        await TouchAsync("touchEnd", null);
        await page.Page.WaitForFunctionAsync("lon => Number(location.hash.match(/view=([^,]+),/)[1]) > lon + 0.05", lon);
        page.HasNoComplaints();

        Task TouchAsync(string type, int? x) => touch.SendAsync("Input.dispatchTouchEvent", new()
        {
            ["type"] = type, ["touchPoints"] = x is { } at ? new[] { new Dictionary<string, object> { ["x"] = at, ["y"] = 350 } } : [],
        });
    }

    [Fact]
    public async Task AnotherRadarBringsItsCoastItsAddressAndItsLink()
    {
        await using var context = await chromium.NewAsync();
        await context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        var page = await WatchedPage.OpenAsync(context, radar.Address, Dutch);
        await page.LoadedAsync();

        // The cell of the coast of Brisbane, 150 to 160 east, 30 to 20 south.
        await page.Page.RunAndWaitForResponseAsync(
            () => page.Page.SelectOptionAsync("#grid", radar.Brisbane.Name),
                response => response.Url.Contains("atlas-10m-15_-3", StringComparison.Ordinal));
        await page.Page.WaitForFunctionAsync("name => location.hash.includes(`grid=${name}`)", radar.Brisbane.Name);
        await page.Page.ClickAsync("#link");

        Assert.Equal(page.Page.Url, await page.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        var (lon, lat, _) = await ViewAsync(page);
        Assert.InRange(lon, 152.5, 154);
        Assert.InRange(lat, -28.5, -27);
        // Its run is older than its newest scan: time goes forward all the same, and the forecast says of when it is.
        var ticks = await page.Page.Locator("#track .tick").AllTextContentsAsync();
        Assert.True(ticks.Count >= 3);
        Assert.Equal(ticks.Distinct().Order(StringComparer.Ordinal), ticks);
        Assert.Equal(4, await page.Page.Locator("#track .cell.forecast").CountAsync());
        Assert.Matches("forecast of 31 Oct 2020, \\d\\d:\\d\\d by extrapolation", (await page.Page.TextContentAsync("#status"))!);
        page.HasNoComplaints();
    }

    [Fact]
    public async Task WhatTheRadarDoesNotSeeIsGreyInEveryLayer()
    {
        var blind = Array.FindIndex(radar.Scan.RainRate, float.IsNaN) + (40 * radar.Netherlands.Width) + 40;
        var (lon, lat) = radar.PlaceOf(blind % radar.Netherlands.Width, blind / radar.Netherlands.Width);
        await using var context = await chromium.NewAsync();
        foreach (var layer in new[] { "rate", "probability", "member", "depth", "observation" })
        {
            var page = await WatchedPage.OpenAsync(context, radar.Address,
                FormattableString.Invariant($"{Dutch}&view={lon:0.0000},{lat:0.0000},9&layer={layer}"));
            await page.LoadedAsync();
            if (layer != "observation")
                await page.Page.EvaluateAsync("document.querySelector('#track').focus()");
            await page.Page.Keyboard.PressAsync("End");

            // A canvas keeps colours that let through only to one part in 255.
            var colour = await page.ColourAsync();
            Assert.True((colour & 0xFF) == (Palettes.UnseenColour & 0xFF) && Math.Abs((int)(colour >> 24) - 128) <= 2,
                $"{layer}: {colour:x8}");
            Assert.Contains("not seen by radar", await page.Page.TextContentAsync("#legend"), StringComparison.Ordinal);
            page.HasNoComplaints();
            await page.Page.CloseAsync();
        }
    }

    [Fact]
    public async Task AirFromOutsideIsToldApartFromWhatIsNotSeen()
    {
        foreach (var layer in new[] { "", "layer=probability&threshold=1", "layer=depth" })
        {
            var frame = await radar.Client.GetByteArrayAsync(
                new Uri($"/api/runs/{radar.NewestRun}/frames/60.bin?{layer}", UriKind.Relative), _cancellation);
            var codes = frame.AsSpan(CompactFrame.HeaderLength);
            var outside = 0;
            for (var pixel = 0; pixel < codes.Length; pixel++)
            {
                Assert.Equal(float.IsNaN(radar.Scan.RainRate[pixel]), codes[pixel] == RainCode.Unknown);
                if (codes[pixel] == RainCode.FromOutside)
                {
                    outside++;
                    Assert.True(layer.Length > 0 || float.IsNaN(radar.Newest.RainRate[^1][pixel]));
                }
            }
            Assert.True(outside > 1000, $"{outside} pixels of {layer}");
        }
    }

    [Fact]
    public async Task TimesAreThoseOfTheDayThatIsShown()
    {
        await using var context = await chromium.NewAsync(timeZone: "Europe/Amsterdam");
        var page = await WatchedPage.OpenAsync(context, radar.Address, Dutch);
        await page.LoadedAsync();

        // Summer time, whatever the season of the test.
        Assert.Equal("Times are GMT+2.", await page.Page.TextContentAsync("#zone"));
        Assert.Equal("Observed 26 Aug 2010, 08:40", await page.Page.TextContentAsync("#timelabel"));
        Assert.Contains("26 Aug 2010, 08:40", await page.Page.TextContentAsync("#scan"), StringComparison.Ordinal);
        Assert.DoesNotMatch("days", (await page.Page.TextContentAsync("#status"))!);
        Assert.Contains("the next 60 minutes", await page.Page.TextContentAsync("#help"), StringComparison.Ordinal);
        page.HasNoComplaints();
    }

    /// <summary>Sentence, curve and numbers are of one forecast: the expected rate, and the band of 10 to 90 per cent.</summary>
    [Fact]
    public async Task TheSentenceSaysWhatTheCurveShows()
    {
        await using var context = await chromium.NewAsync();
        var seen = new HashSet<string>();
        foreach (var (column, row) in new[] { (300, 380), (360, 350), (400, 420), (420, 330), (250, 400), (330, 300) })
        {
            var (lon, lat) = radar.PlaceOf(column, row);
            var page = await WatchedPage.OpenAsync(context, radar.Address,
                FormattableString.Invariant($"{Dutch}&place={lon:0.00000},{lat:0.00000}"));
            await page.Page.WaitForSelectorAsync("#place[data-state=ready] canvas");
            var sentence = (await page.Page.TextContentAsync("#sentence"))!;
            var rows = await page.Page.EvaluateAsync<string[][]>(
                "[...document.querySelectorAll('#numbers tbody tr')].map((r) => [...r.children].map((c) => c.textContent))");
            var leads = rows.Where(cells => cells[1] != "–")
                .Select(cells => (Time: cells[0], Rate: double.Parse(cells[1], CultureInfo.InvariantCulture))).ToList();
            var wet = leads.Where(lead => lead.Rate >= 0.1).ToList();
            seen.Add(sentence.Split(' ')[0]);
            if (wet.Count == 0)
            {
                Assert.Matches("^(No rain|Probably dry)", sentence);
            }
            else
            {
                Assert.StartsWith("Rain", sentence, StringComparison.Ordinal);
                Assert.Matches("10 to 90 %|90 % of cases|mm/h", sentence);
                if (Regex.Match(sentence, @"(?:until|to) (\d\d:\d\d),") is { Success: true } until)
                    Assert.Contains(wet, lead => lead.Time == until.Groups[1].Value);
                if (Regex.Match(sentence, @"from (\d\d:\d\d)") is { Success: true } from
                    && !sentence.Contains("again", StringComparison.Ordinal))
                    Assert.Equal(wet[0].Time, from.Groups[1].Value);
            }
            page.HasNoComplaints();
            await page.Page.CloseAsync();
        }
        Assert.Contains("Rain", seen);
    }

    [Fact]
    public async Task ATownIsFoundByNameByCoordinatesAndByWhereOneIs()
    {
        await using var context = await chromium.NewAsync();
        await context.GrantPermissionsAsync(["geolocation"]);
        await context.SetGeolocationAsync(new() { Longitude = 5.69f, Latitude = 50.85f });
        var page = await WatchedPage.OpenAsync(context, radar.Address, Dutch);
        await page.LoadedAsync();

        await page.Page.FillAsync("#search", "groning");
        await page.Page.WaitForSelectorAsync("#found [aria-selected=true] >> text=Groningen");
        await page.Page.Keyboard.PressAsync("Enter");
        await PlaceIsAsync("Rain at Groningen", 6.567, 53.219);
        await page.Page.FillAsync("#search", "51,44 5,48");
        await page.Page.WaitForSelectorAsync("#found [aria-selected=true]");
        await page.Page.Keyboard.PressAsync("Enter");
        await PlaceIsAsync("Rain at 51.44, 5.48", 5.48, 51.44);
        await page.Page.ClickAsync("#locate");
        await PlaceIsAsync("Rain at where you are", 5.69, 50.85);
        await page.Page.FillAsync("#search", "Qwxyz");
        await Assertions.Expect(page.Page.Locator("#found")).ToContainTextAsync("no such town");

        var credits = await page.Page.TextContentAsync("#credits");
        Assert.Contains(ServedRadar.Attribution, credits, StringComparison.Ordinal);
        Assert.Contains("GeoNames (CC BY 4.0)", credits, StringComparison.Ordinal);
        await page.KeepPictureAsync("town");
        page.HasNoComplaints();

        async Task PlaceIsAsync(string title, double lon, double lat)
        {
            await Assertions.Expect(page.Page.Locator("#place-title")).ToHaveTextAsync(title);
            var place = new Regex("place=([-0-9.]+),([-0-9.]+)").Match(page.Page.Url).Groups;
            Assert.Equal(lon, double.Parse(place[1].Value, CultureInfo.InvariantCulture), 0.01);
            Assert.Equal(lat, double.Parse(place[2].Value, CultureInfo.InvariantCulture), 0.01);
        }
    }

    [Fact]
    public async Task TheFirstViewFitsWhatTheRadarSees()
    {
        await using var context = await chromium.NewAsync();
        var page = await WatchedPage.OpenAsync(context, radar.Address, Dutch);
        await page.LoadedAsync();

        // The circle of the radars fills the height; the grid's rectangle would leave them half of it.
        var share = await page.Page.EvaluateAsync<double>(
            """
            (() => { const c = document.querySelector('canvas.rain'); const d = c.getContext('2d').getImageData(Math.floor(c.width / 2), 0, 1, c.height).data;
              let seen = 0; for (let i = 0; i < c.height; i++) seen += d[4 * i + 3] !== 110; return seen / c.height; })()
            """);
        Assert.InRange(share, 0.9, 1);
        page.HasNoComplaints();
    }

    [Fact]
    public async Task AForecastOfThePastStandsBesideWhatCame()
    {
        await using var context = await chromium.NewAsync();
        var page = await WatchedPage.OpenAsync(context, radar.Address, Dutch);
        await page.LoadedAsync();
        Assert.True(await page.Page.Locator("#outcome").IsHiddenAsync());

        await page.Page.FillAsync("#when", $"{radar.Earlier.UtcDateTime:yyyy-MM-ddTHH:mm}");
        await page.Page.WaitForSelectorAsync($"body[data-frame='{radar.Earlier.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}']",
            new() { State = WaitForSelectorState.Attached });
        Assert.True(await page.Page.IsVisibleAsync("#archive"));
        await page.LoadedAsync();
        await page.Page.ClickAsync("#outcome");
        await page.LoadedAsync();
        await page.Page.FocusAsync("#track");
        await page.Page.Keyboard.PressAsync("End");

        await page.Page.WaitForSelectorAsync(
            $"body[data-kind=observation][data-frame='{radar.Earlier.AddHours(1).UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}']", new()
            {
                State = WaitForSelectorState.Attached,
            });
        page.HasNoComplaints();
    }

    [Theory]
    [InlineData("-100.05,35.02", "no forecast for this radar yet")]
    [InlineData("30.0,40.0", "outside of the radar")]
    public async Task APlaceWithoutAForecastSaysWhy(string place, string words)
    {
        await using var context = await chromium.NewAsync();
        var page = await WatchedPage.OpenAsync(context, radar.Address, $"/#grid={ServedRadar.Bare.Name}&place={place}");
        await page.Page.WaitForSelectorAsync("#place[data-state=failed]");

        Assert.Contains(words, await page.Page.TextContentAsync("#sentence"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALinkToWhatIsNotKeptShowsTheNewestAndSaysSo()
    {
        await using var context = await chromium.NewAsync();
        var page = await WatchedPage.OpenAsync(context, radar.Address, $"{Dutch}&t=19990101T000000Z");
        await page.LoadedAsync();
        Assert.Contains("not kept any more", await page.Page.TextContentAsync("#message"), StringComparison.Ordinal);
        await page.GoAsync("/#grid=gone");
        await page.LoadedAsync();
        Assert.Contains("no radar gone", await page.Page.TextContentAsync("#message"), StringComparison.Ordinal);

        var answer = await page.Page.GotoAsync(radar.Address + "/nothing/here");
        Assert.Equal(404, answer!.Status);
        await Assertions.Expect(page.Page.Locator("h1")).ToHaveTextAsync("There is nothing at this address");
        await page.Page.ClickAsync("main >> text=To the map");
        await page.LoadedAsync();
    }

    [Fact]
    public async Task TheDepthOfTheNextHourIsTheSumOfItsMaps()
    {
        var wettest = Enumerable.Range(0, radar.Scan.RainRate.Length)
            .MaxBy(pixel => radar.Newest.MeanRate.Sum(map => map[pixel]) is var sum && float.IsNaN(sum) ? -1 : sum);
        var frame = await radar.Client.GetByteArrayAsync(
            new Uri($"/api/runs/{radar.NewestRun}/frames/60.bin?layer=depth", UriKind.Relative), _cancellation);
        var depth = RainCode.Rate(frame[CompactFrame.HeaderLength + wettest]);
        Assert.Equal((byte)FrameKind.Depth, frame[4]);
        Assert.Equal(1, depth / (radar.Newest.MeanRate.Sum(map => map[wettest]) / 12), 0.03);

        await using var context = await chromium.NewAsync();
        var page = await WatchedPage.OpenAsync(context, radar.Address, $"{Dutch}&layer=depth");
        await page.LoadedAsync();
        Assert.Equal("mm", await page.Page.TextContentAsync(".legend-title"));
        Assert.Equal($"{radar.Newest.IssueTime.AddHours(1).UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}", await page.FrameAsync());
        await page.KeepPictureAsync("depth");
        page.HasNoComplaints();
    }

    [Fact]
    public async Task TheFramesAreSavedAsAnAnimatedPicture()
    {
        await using var context = await chromium.NewAsync();
        var page = await WatchedPage.OpenAsync(context, radar.Address, Dutch);
        await page.LoadedAsync();

        var download = await page.Page.RunAndWaitForDownloadAsync(() => page.Page.ClickAsync("#animation"));
        var path = Path.Combine(Chromium.Artefacts, "animation.gif");
        await download.SaveAsAsync(path);
        var gif = await File.ReadAllBytesAsync(path, _cancellation);

        Assert.Equal("GIF89a"u8, gif.AsSpan(0, 6));
        // A graphic control extension before each picture, https://www.w3.org/Graphics/GIF/spec-gif89a.txt, section 23.
        var pictures = 0;
        for (var at = 0; at + 3 < gif.Length; at++)
            pictures += gif[at] == 0x21 && gif[at + 1] == 0xF9 && gif[at + 2] == 4 && gif[at + 7] == 0 ? 1 : 0;
        Assert.Equal(25, pictures);
        page.HasNoComplaints();
    }

    /// <summary>Longitude, latitude and zoom that the address tells.</summary>
    private static async Task<(double Lon, double Lat, double Zoom)> ViewAsync(WatchedPage page)
    {
        await page.Page.WaitForFunctionAsync("location.hash.includes('view=')");
        var view = Regex.Match(page.Page.Url, "view=([-0-9.]+),([-0-9.]+),([0-9.]+)").Groups;
        return (Number(1), Number(2), Number(3));

        double Number(int group) => double.Parse(view[group].Value, CultureInfo.InvariantCulture);
    }
}
