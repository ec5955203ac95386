using Microsoft.Playwright;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>Pages are asked by axe-core, which the build of the page has brought along, by the rules of WCAG 2.1 A and AA.</summary>
internal static class Accessibility
{
    private static readonly Lazy<string> AxeCore = new(() =>
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ConvLstm.Nowcast.sln")))
            folder = folder.Parent;
        return File.ReadAllText(Path.Combine(folder!.FullName, "jobs", "Web", "Page", "node_modules", "axe-core", "axe.min.js"));
    });

    /// <summary>Fails with what axe finds on the page as it is now.</summary>
    internal static async Task CheckAsync(IPage page)
    {
        await page.EvaluateAsync(AxeCore.Value);
        var found = await page.EvaluateAsync<string[]>(
            """
            axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })
              .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes
                .map(({ html, any, target }) => `${id}: ${html.slice(0, 160)} (${target}) ${any.map(({ message }) => message).join(' ')}`)))
            """);
        Assert.True(found.Length == 0, $"{page.Url}{Environment.NewLine}{string.Join(Environment.NewLine, found)}");
    }
}
