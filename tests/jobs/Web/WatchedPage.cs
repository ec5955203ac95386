using System.Collections.Concurrent;
using Microsoft.Playwright;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>A page of which every complaint, and every request to another host, is written down.</summary>
internal sealed class WatchedPage
{
    private readonly ConcurrentBag<string> _complaints = [];
    private readonly string _address;

    private WatchedPage(IPage page, string address)
    {
        (Page, _address) = (page, address);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _complaints.Add($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => _complaints.Add(error);
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
                _complaints.Add($"{response.Status} {response.Url}");
        };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal)
                && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
                _complaints.Add($"a request to {request.Url}");
        };
    }

    internal IPage Page { get; }

    internal static async Task<WatchedPage> OpenAsync(IBrowserContext context, string address, string path)
    {
        var watched = new WatchedPage(await context.NewPageAsync(), address);
        await watched.GoAsync(path);
        return watched;
    }

    internal async Task GoAsync(string path)
    {
        // Two addresses that differ in what follows # are one page; each is opened afresh here.
        await Page.GotoAsync("about:blank");
        await Page.GotoAsync(_address + path);
    }

    /// <summary>The map shows a frame, and all others are loaded.</summary>
    internal Task LoadedAsync() => Page.WaitForSelectorAsync("body[data-loaded=all]", new() { State = WaitForSelectorState.Attached });

    /// <summary>
    /// Waits until an expression holds; of a function that is asked with a value. Playwright's own waiting evaluates text within the page
    /// after the first look, which the page's content-security-policy forbids.
    /// </summary>
    internal async Task HoldsAsync(string expression, object? value = null)
    {
        while (!await Page.EvaluateAsync<bool>(expression, value))
            await Task.Delay(50, TestContext.Current.CancellationToken);
    }

    internal async Task<string> FrameAsync() => await Page.EvaluateAsync<string>("document.body.dataset.frame");

    /// <summary>RGBA of the rain in the middle of the map.</summary>
    internal async Task<uint> ColourAsync()
    {
        var rgba = await Page.EvaluateAsync<int[]>(
            "(() => { const c = document.querySelector('canvas.rain'); return [...c.getContext('2d').getImageData(Math.floor(c.width / 2), "
                + "Math.floor(c.height / 2), 1, 1).data]; })()");
        return (uint)((rgba[0] << 24) | (rgba[1] << 16) | (rgba[2] << 8) | rgba[3]);
    }

    internal Task KeepPictureAsync(string name) => Page.ScreenshotAsync(new() { Path = Path.Combine(Chromium.Artefacts, name + ".png") });

    internal void HasNoComplaints() => Assert.Empty(_complaints);
}
