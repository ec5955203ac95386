using Microsoft.Playwright;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>The Chromium of the distribution; tests that look at pages are skipped where it is not installed.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";

    private const float Patience = 90_000;

    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where pictures of the pages are kept.</summary>
    internal static string Artefacts { get; } = Directory.CreateDirectory(
        Environment.GetEnvironmentVariable("NOWCAST_TEST_ARTEFACTS") ?? Path.Combine(AppContext.BaseDirectory, "artefacts")).FullName;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Program))
            return;
        // A machine that builds and trains meanwhile is slow, not wrong.
        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = Flags });
    }

    /// <summary>A browser of its own, that nothing was stored in before.</summary>
    internal async Task<IBrowserContext> NewAsync(
        int width = 1280, int height = 800, bool dark = false, bool touch = false, string timeZone = "UTC", string language = "en-GB")
    {
        if (_browser is null)
            Assert.Skip($"{Program} is not installed.");
        var context = await _browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height }, ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            HasTouch = touch, IsMobile = touch,
            TimezoneId = timeZone, Locale = language,
        });
        context.SetDefaultTimeout(Patience);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
