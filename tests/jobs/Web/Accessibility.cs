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

    /// <summary>Fails with what axe finds.</summary>
    /// <param name="page">As it is now.</param>
    /// <param name="ofOthers">
    /// Rules that markup of a library breaks where nothing of ours can mend it, each with the selector of that markup.
    /// </param>
    internal static async Task CheckAsync(IPage page, params (string Rule, string Selector)[] ofOthers)
    {
        await page.EvaluateAsync(AxeCore.Value);
        var found = await page.EvaluateAsync<string[]>(
            """
            (others) => axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })
              .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes
                .filter(({ target }) => !others.some(([rule, selector]) => rule === id
                  && document.querySelector(target[0])?.closest(selector)))
                .map(({ html, any, target }) => `${id}: ${html.slice(0, 160)} (${target}) ${any.map(({ message }) => message).join(' ')}`)))
            """,
            ofOthers.Select(other => new[] { other.Rule, other.Selector }).ToArray());
        Assert.True(found.Length == 0, $"{page.Url}{Environment.NewLine}{string.Join(Environment.NewLine, found)}");
    }
}
